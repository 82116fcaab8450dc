package import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Removes runs: first the files that a run writes, then the folder if it is empty.
package enum RunRemoval {
  /// Removes runs; all are checked before the first is removed.
  ///
  /// - Returns: The folders that remain because they contain other files.
  /// - Throws: `NNError` if a folder contains no run, is a link or in training, or if a file cannot
  ///   be removed.
  package static func remove(_ folders: [RunFolder]) throws(NNError) -> [RunFolder] {
    var claims: [RunClaim] = []
    for folder in folders {
      try requireRun(folder)
      claims.append(try RunClaim(folder))
    }
    var kept: [RunFolder] = []
    for folder in folders where FileBytes.exists(folder.path) {
      try folder.clear()
      rmdir(folder.checkpoints)
      unlink("\(folder.path)/\(RunLock.fileName)")
      if rmdir(folder.path) != 0 { kept.append(folder) }
    }
    return kept
  }

  private static func requireRun(_ folder: RunFolder) throws(NNError) {
    var path = folder.path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .invalid("no such run folder", at: folder.path) }
    guard status.st_mode & S_IFMT != S_IFLNK else {
      throw .invalid(
        "is a link, not a run folder", at: folder.path, hint: "name the folder that it points to")
    }
    guard folder.holdsRun else {
      throw .invalid(
        "is no run folder: it holds no config.yaml", at: folder.path,
        hint: "nntrain runs lists the runs of a folder")
    }
  }
}
