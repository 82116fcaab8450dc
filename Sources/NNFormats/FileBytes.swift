public import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files as bytes.
public enum FileBytes {
  /// Reads a file, or everything that a pipe gives.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, is a folder, may not be read or
  ///   cannot be read to its end.
  public static func read(_ path: String) throws(NNError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .invalid("no such file", at: path) : .system("cannot be opened", errno, at: path)
    }
    defer { close(descriptor) }
    return try read(descriptor, at: path)
  }

  /// Reads standard input to its end.
  ///
  /// - Throws: `NNError` when it cannot be read.
  public static func readStandardInput() throws(NNError) -> [UInt8] {
    try read(STDIN_FILENO, at: "standard input")
  }

  private static func read(_ descriptor: Int32, at path: String) throws(NNError) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system("cannot be examined", errno, at: path)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .invalid("is a folder; expected a file", at: path)
    }
    var result: [UInt8] = []
    var failure: Int32?
    repeat {
      // One byte beyond the expected end tells the end of the file without another round.
      let room = max(Int(status.st_size) - result.count + 1, 1 << 16)
      let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        while count < room {
          let read = readBytes(
            descriptor, into: buffer.baseAddress.map { $0 + count }, count: room - count)
          if read < 0 { failure = errno }
          guard read > 0 else { break }
          count += read
        }
      }
      if let failure { throw .system("cannot be read", failure, at: path) }
      let complete = piece.count < room
      if result.isEmpty { result = piece } else { result += piece }
      if complete { return result }
    } while true
  }

  /// Whether something with this path exists.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
