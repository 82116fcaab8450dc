package import NNDrawing

extension AugmentationPreview {
  /// The examples in characters; nil for a table, whose cells are ``tableRows``.
  ///
  /// - Parameters:
  ///   - width: The maximum number of columns.
  ///   - style: The characters to draw with, and whether in colour.
  package func text(width: Int, style: TerminalStyle) -> String? {
    switch form {
    case .images(let channels, let height, let across):
      let columns = epochCount + 1
      let cell = max(4, min(32, width / columns - 1))
      // Characters are about twice as high as wide; below each image is its caption.
      let lines = max(1, (cell * height + across) / (2 * across)) + 1
      return rows.map { row in
        let all = [row.before] + row.after.map(\.numbers)
        let grid = ImageGrid(
          images: all.map { image($0, channels: channels, height: height, width: across) },
          captions: ["before"] + (0..<epochCount).map { "epoch \($0 + 1)" }, columns: columns)
        let figure = Figure(title: "", description: "", panels: [grid])
        return title(of: row)
          + figure.text(width: min(width, columns * (cell + 1)), height: lines, style: style)
      }.joined(separator: "\n\n")
    case .series(let steps, let features):
      return rows.map { row in
        let figure = figure(of: row, steps: steps, features: features)
        return title(of: row) + figure.text(width: width, height: 16, style: style)
      }.joined(separator: "\n\n")
    case .tokens:
      return rows.map { row in
        var texts = ["  before   \(tokens(row.before))"]
        for (epoch, after) in row.after.enumerated() {
          texts.append("  epoch \(epoch + 1)  \(tokens(after.numbers))")
        }
        return title(of: row) + texts.joined(separator: "\n")
      }.joined(separator: "\n\n")
    case .numbers:
      return nil
    }
  }

  /// A line with the row and its targets.
  private func title(of row: Row) -> String { lines(of: row).joined(separator: "; ") + "\n" }
}
