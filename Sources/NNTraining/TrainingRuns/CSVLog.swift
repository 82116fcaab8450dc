import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A CSV file to which complete lines are appended; its first column is an increasing count.
///
/// Numbers are written with enough digits to be read back exactly.
final class CSVLog {
  private let path: String
  private var sink: FileSink

  /// Opens the log and drops everything after a checkpoint: rows whose first column is above
  /// `last`, and a truncated line. If the old log has other columns, shared columns keep their
  /// values and new ones are empty.
  ///
  /// - Throws: `NNError` if an older log cannot be read or the new one cannot be written.
  init(path: String, columns: [String], last: Int) throws(NNError) {
    self.path = path
    var text = columns.joined(separator: ",") + "\n"
    var old: [UInt8]?
    if last > 0, FileBytes.exists(path) { old = try FileBytes.read(path) }
    if let old { text += Self.rows(of: old, under: columns, upTo: last) }
    // Losing a log without rows does no harm.
    try AtomicFile.write(path: path, text: text, isSynced: old != nil)
    sink = try Self.open(path)
  }

  deinit { close(sink.descriptor) }

  /// Appends a row; nil leaves its field empty.
  func append(_ first: Int, _ rest: [Double?]) throws(NNError) {
    try append(first, fields: rest.map { $0.map { "\($0)" } ?? "" })
  }

  /// Appends a row of texts, which must contain neither commas nor quotes.
  func append(_ first: Int, fields: [String]) throws(NNError) {
    try sink.write(Array((["\(first)"] + fields).joined(separator: ",").utf8) + [0x0A])
  }

  /// Writes the log again, with all its rows, if the file was removed.
  ///
  /// - Throws: `NNError` if it cannot be read or written.
  func restore() throws(NNError) {
    guard !FileBytes.exists(path) else { return }
    let bytes = try FileBytes.read(from: sink.descriptor, at: path)
    try AtomicFile.write(path: path, bytes)
    let renewed = try Self.open(path)
    close(sink.descriptor)
    sink = renewed
  }

  private static func open(_ path: String) throws(NNError) -> FileSink {
    let file = openForAppending(path)
    guard file >= 0 else { throw .system("cannot be written", errno, at: path) }
    return FileSink(descriptor: file, path: path)
  }

  /// The complete lines of a log whose first column is at most `last`.
  private static func rows(of bytes: [UInt8], under columns: [String], upTo last: Int) -> String {
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast()
    let header = lines.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    let positions = columns.map { column in
      header.firstIndex { $0 == column }
        // Older versions name a metric without the data that it is measured on.
        ?? header.firstIndex { column == "val_\($0)" || column == "train_\($0)" }
    }
    let isUnchanged = positions == columns.indices.map { $0 } && header.count == columns.count
    var text = ""
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let count = fields.first.flatMap({ Int($0) }), count <= last else { continue }
      if isUnchanged {
        text += line + "\n"
      } else {
        text +=
          positions.map { position in
            position.flatMap { fields.indices.contains($0) ? String(fields[$0]) : nil } ?? ""
          }.joined(separator: ",") + "\n"
      }
    }
    return text
  }
}

/// Opens the file for reading and appending; −1 with `errno` set on failure.
private func openForAppending(_ path: String) -> Int32 {
  open(path, O_RDWR | O_APPEND | O_CLOEXEC)
}
