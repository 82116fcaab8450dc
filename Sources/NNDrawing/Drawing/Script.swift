/// A superscript or subscript character and its plain counterpart.
///
/// Few fonts have all of them, so SVG files write the plain one raised or lowered.
struct Script {
  /// The character on the line.
  let plain: Unicode.Scalar
  /// Whether it is a superscript rather than a subscript.
  let isRaised: Bool

  /// The counterpart of a character; nil when it is neither superscript nor subscript.
  init?(_ scalar: Unicode.Scalar) {
    if let plain = Self.raised[scalar] {
      (self.plain, isRaised) = (plain, true)
    } else if let plain = Self.lowered[scalar] {
      (self.plain, isRaised) = (plain, false)
    } else {
      return nil
    }
  }

  /// The parts of a text: plain (nil), superscript (true) and subscript (false).
  static func parts(of text: String) -> [(text: String, isRaised: Bool?)] {
    var parts: [(text: String, isRaised: Bool?)] = []
    for scalar in text.unicodeScalars {
      let script = Script(scalar)
      if parts.isEmpty || parts[parts.count - 1].isRaised != script?.isRaised {
        parts.append(("", script?.isRaised))
      }
      parts[parts.count - 1].text.unicodeScalars.append(script?.plain ?? scalar)
    }
    return parts
  }

  /// Digits raised, as in 10⁻³.
  static func raised(_ number: Int) -> String {
    var text = ""
    for scalar in String(number).unicodeScalars {
      text.unicodeScalars.append(superscripts[scalar == "-" ? "\u{2212}" : scalar] ?? scalar)
    }
    return text
  }

  private static let superscripts = Dictionary(
    uniqueKeysWithValues: zip("0123456789\u{2212}+n".unicodeScalars, "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ".unicodeScalars)
  )

  private static let raised = Dictionary(
    uniqueKeysWithValues: zip(
      "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵀ".unicodeScalars, "0123456789\u{2212}+nT".unicodeScalars))

  private static let lowered = Dictionary(
    uniqueKeysWithValues: zip(
      "₀₁₂₃₄₅₆₇₈₉₋₊ₜᵢⱼₖₙₓ".unicodeScalars, "0123456789\u{2212}+tijknx".unicodeScalars))
}
