import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file that is read by position, by any number of threads.
final class PositionedFile: Sendable {
  /// The path, for messages.
  let path: String
  /// The size when the file was opened, in bytes.
  let byteCount: Int
  private let descriptor: Int32
  private let version: Version

  /// What changes when a file is written to.
  private struct Version: Equatable {
    let byteCount: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
      #if canImport(Darwin)
        let time = status.st_mtimespec
      #else
        let time = status.st_mtim
      #endif
      (byteCount, seconds, nanoseconds) = (
        Int(status.st_size), Int(time.tv_sec), Int(time.tv_nsec)
      )
    }
  }

  /// Opens a file.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, is a folder, a device or a pipe, or
  ///   may not be read.
  init(_ path: String) throws(NNError) {
    let descriptor = try InputFile.descriptor(of: path)
    do throws(NNError) {
      let status = try InputFile.status(of: descriptor, at: path)
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .invalid("is no regular file, of which parts can be read", at: path)
      }
      version = Version(status)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = version.byteCount
  }

  deinit { close(descriptor) }

  /// Fills a buffer with the bytes from a position on.
  ///
  /// - Throws: `NNError` naming the path when the file ends before, or cannot be read.
  func read(at position: Int, into target: UnsafeMutableRawBufferPointer) throws(NNError) {
    var done = 0
    while done < target.count {
      let count = pread(
        descriptor, target.baseAddress.map { $0 + done }, target.count - done,
        off_t(position + done))
      if count < 0 {
        let reason = errno
        if reason == EINTR { continue }
        throw .system("cannot be read", reason, at: path)
      }
      guard count > 0 else {
        // An error about the change says more.
        try requireUnchanged()
        throw .invalid(
          "truncated: expected \(target.count) bytes from byte \(position) on, found \(done)",
          at: path)
      }
      done += count
    }
  }

  /// The bytes of a range, or fewer where the file ends before.
  func bytes(_ range: Range<Int>) throws(NNError) -> [UInt8] {
    let range = range.clamped(to: 0..<byteCount)
    var bytes = [UInt8](repeating: 0, count: range.count)
    try bytes.withUnsafeMutableBufferPointer { (target) throws(NNError) in
      try read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(target))
    }
    return bytes
  }

  /// Throws if the file was written to after it was opened.
  func requireUnchanged() throws(NNError) {
    let now = Version(try InputFile.status(of: descriptor, at: path))
    guard now != version else { return }
    throw .failed(
      now.byteCount == byteCount
        ? "was written to while its rows are read"
        : "has \(now.byteCount) bytes, and had \(byteCount) when it was opened", at: path,
      hint: "start again with a file that stays as it is; replace a file by renaming another one")
  }

  /// Asks the system to read a range soon, without waiting for it.
  func readAhead(_ position: Int, count: Int) {
    #if !canImport(Darwin)
      // Linux reads no more than a device's largest request for one call.
      let piece = 1 << 17
      for start in stride(from: position, to: position + count, by: piece) {
        _ = posix_fadvise(
          descriptor, off_t(start), off_t(min(piece, position + count - start)),
          POSIX_FADV_WILLNEED)
      }
    #endif
  }
}
