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
  /// Reads a file, or a pipe to its end.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The largest number of bytes that are read; nil (default) for no limit but the
  ///     memory.
  /// - Throws: `NNError` naming the path when the file is missing, is a folder, a device or a named
  ///   pipe, may not be read, cannot be read to its end, or has more bytes than the limit.
  public static func read(_ path: String, limit: Int? = nil) throws(NNError) -> [UInt8] {
    let descriptor = try InputFile.descriptor(of: path)
    defer { close(descriptor) }
    return try read(descriptor, at: path, limit: limit)
  }

  /// Reads standard input to its end.
  ///
  /// - Throws: `NNError` when it cannot be read.
  public static func readStandardInput() throws(NNError) -> [UInt8] {
    try read(STDIN_FILENO, at: "standard input")
  }

  private static func read(
    _ descriptor: Int32, at path: String, limit: Int? = nil
  ) throws(NNError) -> [UInt8] {
    let status = try InputFile.status(of: descriptor, at: path)
    func requireLimit(_ byteCount: Int) throws(NNError) {
      guard let limit, byteCount > limit else { return }
      throw .invalid(
        "expected at most \(MemoryLimit.text(limit)), found \(MemoryLimit.text(byteCount)) or more",
        at: path)
    }
    let size = max(0, Int(status.st_size))
    try requireLimit(size)
    try MemoryLimit.check(size, "the file", at: path)
    var result: [UInt8] = []
    repeat {
      // Asking for one byte past the expected end detects the end of the file without another read.
      let room = max(size - result.count + 1, 1 << 16)
      let piece = try next(room, of: descriptor, at: path)
      try requireLimit(result.count + piece.count)
      if result.isEmpty {
        result = piece
      } else {
        try MemoryLimit.check(result.count + piece.count, "the file", at: path)
        result += piece
      }
      if piece.count < room { return result }
    } while true
  }

  /// Reads an open file from its beginning to its end; `path` names it in errors.
  ///
  /// - Throws: `NNError` when it cannot be read.
  package static func read(
    from descriptor: Int32, at path: String
  ) throws(NNError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(descriptor, &piece, piece.count, off_t(bytes.count))
      if count < 0 {
        let reason = errno
        if reason == EINTR { continue }
        throw .system("cannot be read", reason, at: path)
      }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }

  /// Reads the beginning of a file: `count` bytes, or all where it has fewer.
  ///
  /// - Throws: `NNError` naming the path when the file is missing or cannot be read.
  package static func read(_ path: String, first count: Int) throws(NNError) -> [UInt8] {
    let descriptor = try InputFile.descriptor(of: path)
    defer { close(descriptor) }
    let status = try InputFile.status(of: descriptor, at: path)
    return try next(min(count, max(0, Int(status.st_size))), of: descriptor, at: path)
  }

  /// The next `count` bytes, or fewer where the file ends.
  private static func next(
    _ count: Int, of descriptor: Int32, at path: String
  ) throws(NNError) -> [UInt8] {
    var failure: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let read = readBytes(
          descriptor, into: buffer.baseAddress.map { $0 + done }, count: count - done)
        if read < 0 { failure = errno }
        guard read > 0 else { break }
        done += read
      }
    }
    if let failure { throw .system("cannot be read", failure, at: path) }
    return bytes
  }

  /// Whether something with this path exists.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
