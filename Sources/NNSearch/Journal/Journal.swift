import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of a search's events: JSON lines, each of which is on the disk before the search
/// continues.
///
/// A line that was cut off when the process ended is removed; the event happens again, with the
/// same result.
final class Journal {
  private let sink: FileSink
  private let path: String

  /// Opens a journal for appending, and creates it if needed.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  init(_ path: String) throws(NNError) {
    self.path = path
    let complete = try FileBytes.exists(path) ? Self.completeLength(FileBytes.read(path)) : 0
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system("cannot be written", errno, at: path) }
    sink = FileSink(descriptor: descriptor, path: path)
    guard ftruncate(descriptor, off_t(complete)) == 0,
      lseek(descriptor, 0, SEEK_END) >= 0
    else {
      let reason = errno
      close(descriptor)
      throw .system("cannot be written", reason, at: path)
    }
  }

  deinit { close(sink.descriptor) }

  /// Appends events, which are on the disk when the call returns.
  ///
  /// - Throws: `NNError` of a failed run if they cannot be written.
  func append(_ events: [JournalEvent], _ space: SearchSpace) throws(NNError) {
    guard !events.isEmpty else { return }
    let text = events.map { $0.line(space) + "\n" }.joined()
    do throws(NNError) {
      try sink.write(Array(text.utf8))
      // Some file systems cannot sync; the bytes have been handed to the system.
      if fsync(sink.descriptor) != 0, ![EINVAL, ENOTSUP].contains(errno) {
        throw NNError.system("cannot be written", errno, at: path)
      }
    } catch { throw error.asFailure }
  }

  /// The number of bytes of the complete lines.
  static func completeLength(_ bytes: [UInt8]) -> Int {
    bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
  }

  /// The complete lines of a journal, without their line breaks.
  static func lines(_ path: String) throws(NNError) -> [ArraySlice<UInt8>] {
    guard FileBytes.exists(path) else { return [] }
    let bytes = try FileBytes.read(path)
    return bytes[..<completeLength(bytes)].split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
  }
}
