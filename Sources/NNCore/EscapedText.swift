extension String {
  /// The text with every character that could control a terminal written as an escape:
  /// `\u{1b}[2J` for a sequence that would clear the screen.
  ///
  /// Names come from files that anybody may have written. Escaped are the control characters of
  /// ASCII and Latin-1, line and paragraph separators, and the marks that reverse the direction of
  /// a line. Escaping the result again changes nothing.
  ///
  /// - Parameter keepsLines: Whether line breaks and tabs stay as they are, for texts of several
  ///   lines; false by default, for names.
  package func escapingControls(keepsLines: Bool = false) -> String {
    func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x09, 0x0A: !keepsLines
      case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x200E, 0x200F, 0x2066...0x2069: true
      default: false
      }
    }
    guard unicodeScalars.contains(where: isEscaped) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case _ where !isEscaped(scalar): text.unicodeScalars.append(scalar)
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default: text += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return text
  }
}
