import NNCore
import NNFormats
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file of events that grows record by record: `events.out.tfevents.SECONDS.HOST`.
///
/// Readers take the files of a folder in the order of their names, so a new name always sorts after
/// older ones.
final class EventFile {
  /// The file's path.
  let path: String
  /// Whether the folder held event files before.
  let isContinuation: Bool
  private let sink: FileSink
  private let descriptor: Int32

  /// Creates a file that sorts after those already in the folder.
  ///
  /// - Throws: `NNError` when it cannot be written.
  init(in folder: RunFolder) throws(NNError) {
    let start = "\(folder.path)/\(RunFolder.eventFilePrefix)"
    let older = folder.eventFiles
    isContinuation = !older.isEmpty
    // Ten digits are enough until the year 2286; a name with more does not come from a clock.
    let newest = older.compactMap { file in
      file.dropFirst(start.count).split(separator: ".").first.flatMap { Int($0) }
        .flatMap { (0...9_999_999_999).contains($0) ? $0 : nil }
    }.max()
    let seconds = max(Int(Self.wallTime), (newest ?? 0) + 1)
    path = "\(start)\(seconds).\(Self.host)"
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let reason = errno
      throw .failed("cannot be written: \(SystemReason.text(reason))", at: path)
    }
    sink = FileSink(descriptor: descriptor, path: path)
    try append(EventMessage.fileVersion(wallTime: Self.wallTime))
  }

  deinit { close(descriptor) }

  /// Adds a record.
  ///
  /// - Throws: `NNError` when it cannot be written.
  func append(_ event: [UInt8]) throws(NNError) { try sink.write(RecordFraming.framed(event)) }

  /// Seconds since 1970.
  static var wallTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static var host: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    let name = String(
      decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.isEmpty ? "localhost" : name
  }
}
