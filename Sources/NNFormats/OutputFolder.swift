public import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Creates folders that results are written to.
public enum OutputFolder {
  /// Creates a folder with its parents, and checks that it is writable; one that exists is kept.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - role: What it is for, as in "cannot create the run folder".
  ///   - hint: How to choose another one.
  /// - Returns: The folders that were not there before, outermost first.
  /// - Throws: `NNError` naming the part of the path that cannot be created, is a file or is not
  ///   writable.
  @discardableResult
  public static func create(
    _ path: String, for role: String, hint: String
  ) throws(NNError) -> [String] {
    var made: [String] = []
    var built = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      built += (built.isEmpty || built == "/" ? "" : "/") + part
      if mkdir(built, 0o777) == 0 {
        made.append(built)
        continue
      }
      let reason = errno
      guard reason == EEXIST else {
        throw .failed(
          "cannot create the \(role): \(SystemReason.text(reason))", at: built, hint: hint)
      }
      var status = stat()
      guard stat(built, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw .invalid("is a file; expected the \(role)", at: built, hint: hint)
      }
    }
    guard access(path, W_OK) == 0 else {
      let reason = errno
      throw .failed(
        "cannot write into the \(role): \(SystemReason.text(reason))", at: path, hint: hint)
    }
    return made
  }
}
