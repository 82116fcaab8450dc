public import NNCore
import NNText

/// Texts and their counterparts, such as sentences and translations: the lines of a file with a tab
/// between the two.
public struct TextPairs: Sendable, Hashable {
  /// The texts in front of the tabs.
  public let sources: [String]
  /// The texts behind the tabs.
  public let targets: [String]
  /// The line of each pair, from 1.
  public let lines: [Int]
  /// The file's path.
  public let path: String

  /// The number of pairs.
  public var count: Int { lines.count }

  /// Reads a file in UTF-8. Lines end with LF or CRLF; empty lines and a byte order mark at the start
  /// are passed over.
  ///
  /// - Throws: `NNError` naming the path and the line that has no tab, several tabs or nothing on
  ///   one side of it; the offset of a byte that is no UTF-8; a file without pairs.
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
          at: place, hint: "expected a text, one tab and its counterpart")
      }
      for (side, name) in zip(sides, ["source", "target"])
      where side.allSatisfy({ $0 == UInt8(ascii: " ") }) {
        throw .invalid(
          "the \(name) \(name == "source" ? "in front of" : "behind") the tab is empty", at: place)
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

  /// The pairs at the given places, in that order.
  public func selecting(_ rows: [Int]) -> TextPairs {
    TextPairs(
      sources: rows.map { sources[$0] }, targets: rows.map { targets[$0] },
      lines: rows.map { lines[$0] }, path: path)
  }
}
