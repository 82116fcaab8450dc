/// Widths of text in Helvetica and the fonts made to its measure (Arial, Liberation Sans).
package enum TextMetrics {
  /// The size of a font, in units of the drawing.
  package static func points(_ size: TextSize) -> Double {
    switch size {
    case .small: 11
    case .medium: 12.5
    case .large: 14
    }
  }

  /// The size of superscripts and subscripts beside the text around them.
  static let scriptScale = 0.72

  /// The width of a text, in units of the drawing.
  package static func width(of text: String, _ size: TextSize) -> Double {
    var thousandths = 0.0
    for scalar in text.unicodeScalars {
      if let script = Script(scalar) {
        thousandths += scriptScale * width(of: script.plain, isBold: size == .large)
      } else {
        thousandths += width(of: scalar, isBold: size == .large)
      }
    }
    return thousandths * points(size) / 1000
  }

  /// A text cut to a width, with an ellipsis where something is missing.
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

  private static func width(of scalar: Unicode.Scalar, isBold: Bool) -> Double {
    switch scalar.value {
    case 32..<127: return Double((isBold ? bold : regular)[Int(scalar.value) - 32])
    case 0x391..<0x3CA: return Double(greek[Int(scalar.value) - 0x391])
    case 0x300..<0x370, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF00...0xFF60,
      0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 1000
    default: return Double(others[scalar.value] ?? 600)
    }
  }

  /// ASCII from the space on, in thousandths of the font's size.
  private static let regular: [UInt16] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]

  private static let bold: [UInt16] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
  ]

  /// From capital alpha to small omega.
  private static let greek: [UInt16] = [
    667, 667, 551, 668, 667, 611, 722, 778, 278, 667, 668, 833, 722, 650, 778, 722, 667, 600,
    618, 611, 667, 798, 667, 835, 748, 278, 667, 578, 446, 556, 222, 547, 578, 575, 500, 557,
    446, 441, 556, 556, 222, 500, 500, 576, 500, 448, 556, 690, 569, 482, 617, 395, 547, 648,
    525, 713, 781,
  ]

  private static let others: [UInt32: UInt16] = [
    0xA0: 278, 0x2212: 584, 0xD7: 584, 0xF7: 549, 0xB7: 278, 0x2026: 1000, 0x2013: 556,
    0x2014: 1000,
    0xB0: 400, 0xB1: 549, 0xBD: 834, 0x2192: 1000, 0x2190: 1000, 0x2264: 549, 0x2265: 549,
    0x2248: 549, 0x2202: 494, 0x221A: 549, 0x221E: 713, 0x2211: 713, 0x2032: 188,
  ]
}
