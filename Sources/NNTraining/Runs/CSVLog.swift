import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A CSV file that grows by whole lines; its first column counts upwards.
///
/// Numbers are written so that they read back exactly.
final class CSVLog {
  private let path: String
  private let file: Int32

  /// Opens the log and drops what lies beyond a checkpoint: rows whose first column is above `last`,
  /// and a line that was cut off.
  init(path: String, columns: [String], last: Int) throws(NNError) {
    self.path = path
    var text = columns.joined(separator: ",") + "\n"
    let old = last > 0 ? try? FileBytes.read(path) : nil
    if let old {
      let lines = String(decoding: old, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false
      ).dropFirst().dropLast()
      for line in lines {
        guard let count = line.split(separator: ",").first.flatMap({ Int($0) }), count <= last
        else { continue }
        text += line + "\n"
      }
    }
    // A log without rows yet can be lost without harm.
    try AtomicFile.write(path: path, text: text, isSynced: old != nil)
    file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard file >= 0 else {
      throw .failed("cannot append: \(String(cString: strerror(errno)))", at: path)
    }
  }

  deinit { close(file) }

  /// Adds a row; nil leaves its field empty.
  func append(_ first: Int, _ rest: [Double?]) throws(NNError) {
    try append(first, fields: rest.map { $0.map { "\($0)" } ?? "" })
  }

  /// Adds a row of texts, which hold neither commas nor quotes.
  func append(_ first: Int, fields: [String]) throws(NNError) {
    let line = Array((["\(first)"] + fields).joined(separator: ",").utf8) + [0x0A]
    guard write(file, line, line.count) == line.count else {
      throw .failed("cannot append: \(String(cString: strerror(errno)))", at: path)
    }
  }
}
