public import NNCore
import NNText

/// Pairs of texts, such as sentences and translations: the lines of a file with a tab between the
/// two.
public struct TextPairs: Sendable, Hashable {
  /// The texts before the tabs.
  public let sources: [String]
  /// The texts after the tabs.
  public let targets: [String]
  /// The line of each pair, from 1.
  public let lines: [Int]
  /// The file's path.
  public let path: String

  /// The number of pairs.
  public var count: Int { lines.count }

  /// Reads a file in UTF-8. Lines end with LF or CRLF; empty lines and a byte order mark at the
  /// start are skipped.
  ///
  /// - Throws: `NNError` naming the path and the line that has no tab, several tabs or nothing on
  ///   one side of it; with the offset of an invalid UTF-8 byte; for a file without pairs.
  public init(path: String) throws(NNError) {
    var sources: [String] = []
    var targets: [String] = []
    var lines: [Int] = []
    let tab = UInt8(ascii: "\t")
    for (number, line) in NumberedLines(Array(try TextFile.read(path).utf8)) where !line.isEmpty {
      let place = "\(path):\(number)"
      let sides = line.split(separator: tab, omittingEmptySubsequences: false)
      guard sides.count == 2 else {
        throw .invalid(
          sides.count == 1
            ? "there is no tab in the line" : "there are \(sides.count - 1) tabs in the line",
          at: place, hint: "expected a source text, one tab and a target text")
      }
      for (side, name) in zip(sides, ["source", "target"])
      where side.allSatisfy({ $0 == UInt8(ascii: " ") }) {
        throw .invalid(
          "the \(name) \(name == "source" ? "before" : "after") the tab is empty", at: place)
      }
      sources.append(String(decoding: sides[0], as: UTF8.self))
      targets.append(String(decoding: sides[1], as: UTF8.self))
      lines.append(number)
    }
    guard !lines.isEmpty else { throw .invalid("holds no pairs of texts", at: path) }
    self.init(sources: sources, targets: targets, lines: lines, path: path)
  }

  private init(sources: [String], targets: [String], lines: [Int], path: String) {
    self.sources = sources
    self.targets = targets
    self.lines = lines
    self.path = path
  }

  /// The pairs at the given indices, in that order.
  public func selecting(_ indices: [Int]) -> TextPairs {
    TextPairs(
      sources: indices.map { sources[$0] }, targets: indices.map { targets[$0] },
      lines: indices.map { lines[$0] }, path: path)
  }
}
