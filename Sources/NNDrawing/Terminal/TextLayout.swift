/// Lays out text in lines of a terminal.
package enum TextLayout {
  /// A text in lines of at most `width` columns; only a longer word makes a longer line.
  ///
  /// - Parameters:
  ///   - indent: What each line begins with.
  ///   - hanging: What each line after the first begins with; `indent` by default.
  package static func wrapped(
    _ text: String, width: Int, indent: String = "", hanging: String? = nil
  ) -> String {
    var lines: [String] = []
    var line = ""
    var start: String { lines.isEmpty ? indent : hanging ?? indent }
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if !line.isEmpty, start.count + line.count + 1 + word.count > width {
        lines.append(start + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(start + line) }
    return lines.joined(separator: "\n")
  }

  /// Rows of aligned columns, each as wide as its widest cell.
  package static func columns(_ rows: [[String]], indent: String = "  ") -> String {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      let line = indent + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
