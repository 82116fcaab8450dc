import NNCore

/// A table of text with headings; each column is as wide as its widest entry.
///
/// Control characters in entries, line breaks included, are escaped.
struct Table {
  /// The alignment of a column's entries.
  enum Alignment { case left, right }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []
  private var footer: [String]?

  /// Creates a table; if all headings are empty, it has no heading line.
  init(_ columns: (heading: String, alignment: Alignment)...) { self.init(columns: columns) }

  /// Creates a table; if all headings are empty, it has no heading line.
  init(columns: [(heading: String, alignment: Alignment)]) {
    headings = columns.map { $0.heading.escapingControls() }
    alignments = columns.map(\.alignment)
  }

  /// Adds a row with one entry per column.
  mutating func add(_ entries: String...) { add(entries) }

  /// Adds a row with one entry per column.
  mutating func add(_ entries: [String]) {
    precondition(entries.count == headings.count, "\(entries) under \(headings)")
    rows.append(entries.map { $0.escapingControls() })
  }

  /// Sets the last row, which is separated by a line.
  mutating func setFooter(_ entries: String...) { setFooter(entries) }

  /// Sets the last row, which is separated by a line.
  mutating func setFooter(_ entries: [String]) {
    precondition(entries.count == headings.count, "\(entries) under \(headings)")
    footer = entries.map { $0.escapingControls() }
  }

  /// The lines of the table, without a line break after the last line.
  var text: String {
    let hasHeadings = headings.contains { !$0.isEmpty }
    let all = (hasHeadings ? [headings] : []) + rows + (footer.map { [$0] } ?? [])
    let widths = headings.indices.map { column in all.lazy.map { $0[column].count }.max() ?? 0 }
    let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    var lines = rows.map { line($0, widths) }
    if hasHeadings { lines = [line(headings, widths), rule] + lines }
    if let footer { lines += [rule, line(footer, widths)] }
    return lines.joined(separator: "\n")
  }

  private func line(_ entries: [String], _ widths: [Int]) -> String {
    let cells = entries.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - entries[column].count)
      return alignments[column] == .left ? entries[column] + space : space + entries[column]
    }
    var line = cells.joined(separator: "  ")
    while line.utf8.last == UInt8(ascii: " ") { line.unicodeScalars.removeLast() }
    return line
  }
}
