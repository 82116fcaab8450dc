/// Widths of text in the widest of the fonts that it may be shown in (`CharacterWidths`): the font
/// that is used depends on the reader's system.
package enum TextMetrics {
  /// The size of a font, in units of the drawing.
  package static func points(_ size: TextSize) -> Double {
    switch size {
    case .small: 11
    case .medium: 12.5
    case .large: 14
    }
  }

  /// The size of superscripts and subscripts relative to the text around them.
  static let scriptScale = 0.72

  /// The width of a text, in units of the drawing.
  package static func width(of text: String, _ size: TextSize) -> Double {
    let widths = size == .large ? CharacterWidths.bold : .regular
    var thousandths = 0.0
    for scalar in text.unicodeScalars {
      if let script = Script(scalar) {
        thousandths += scriptScale * Double(widths(script.plain))
      } else {
        thousandths += Double(widths(scalar))
      }
    }
    return thousandths * points(size) / 1000
  }

  /// A text truncated to a width, with an ellipsis.
  static func shortened(_ text: String, to width: Double, _ size: TextSize) -> String {
    guard self.width(of: text, size) > width else { return text }
    var kept = text
    while !kept.isEmpty, self.width(of: kept + "…", size) > width { kept.removeLast() }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// A text broken between words into lines that fit; the last one is cut where there are too many.
  static func wrapped(_ text: String, to width: Double, _ size: TextSize, lines limit: Int)
    -> [String]
  {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last,
        lines.count == limit || self.width(of: last + " " + word, size) <= width
      {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { shortened($0, to: width, size) }
  }

  /// A text in as many lines as it needs: broken between words, and within those that are longer
  /// than a line.
  package static func broken(_ text: String, to width: Double, _ size: TextSize) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, self.width(of: last + " " + word, size) <= width {
        lines[lines.count - 1] = last + " " + word
        continue
      }
      lines.append("")
      for character in word {
        let longer = lines[lines.count - 1] + String(character)
        if longer.count > 1, self.width(of: longer, size) > width {
          lines.append(String(character))
        } else {
          lines[lines.count - 1] = longer
        }
      }
    }
    return lines.isEmpty ? [""] : lines
  }
}
