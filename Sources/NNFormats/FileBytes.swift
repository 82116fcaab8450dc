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
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes that are read; as many as there is memory for by default.
  /// - Throws: `NNError` naming the path when the file is missing, is a folder or a device, may not
  ///   be read, cannot be read to its end, or has more bytes than the limit.
  public static func read(
    _ path: String, limit: Int = MemoryLimit.byteCount
  ) throws(NNError) -> [UInt8] {
    let descriptor = try opened(path)
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
    _ descriptor: Int32, at path: String, limit: Int = MemoryLimit.byteCount
  ) throws(NNError) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system("cannot be examined", errno, at: path)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .invalid("is a folder; expected a file", at: path)
    }
    // /dev/zero never ends; a terminal and /dev/null give nothing that a format allows.
    guard ![S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT) || isatty(descriptor) == 1 else {
      throw .invalid("is a device; expected a file", at: path)
    }
    func requireLimit(_ byteCount: Int) throws(NNError) {
      guard byteCount <= limit else {
        throw .invalid(
          limit == MemoryLimit.byteCount
            ? "the file \(MemoryLimit.excess(byteCount))"
            : "expected at most \(MemoryLimit.text(limit)), found \(MemoryLimit.text(byteCount)) "
              + "or more", at: path)
      }
    }
    try requireLimit(Int(status.st_size))
    var result: [UInt8] = []
    repeat {
      // One byte beyond the expected end tells the end of the file without another round.
      let room = max(Int(status.st_size) - result.count + 1, 1 << 16)
      let piece = try next(room, of: descriptor, at: path)
      let complete = piece.count < room
      if result.isEmpty { result = piece } else { result += piece }
      try requireLimit(result.count)
      if complete { return result }
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
    let descriptor = try opened(path)
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system("cannot be examined", errno, at: path)
    }
    return try next(min(count, max(0, Int(status.st_size))), of: descriptor, at: path)
  }

  private static func opened(_ path: String) throws(NNError) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = errno
      throw reason == ENOENT
        ? .invalid("no such file", at: path) : .system("cannot be opened", reason, at: path)
    }
    return descriptor
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
