/// Adapts texts to a terminal.
enum TerminalText {
  /// A text without control characters, and in ASCII where the style requires it.
  static func plain(_ text: String, _ style: TerminalStyle) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if style.glyphs == .ascii, !scalar.isASCII {
        result.append(contentsOf: (ascii[scalar] ?? script(scalar)).unicodeScalars)
      } else if scalar.value < 32 || (127..<160).contains(scalar.value) {
        result.append(" ")
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// A text truncated to a number of columns.
  static func shortened(_ text: String, to width: Int, _ style: TerminalStyle) -> String {
    guard text.unicodeScalars.count > width else { return text }
    guard width > 0 else { return "" }
    let end = style.glyphs == .ascii ? "." : "…"
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(width - 1))) + end
  }

  /// The number of columns of a text.
  static func width(_ text: String, _ style: TerminalStyle) -> Int {
    plain(text, style).unicodeScalars.count
  }

  private static func script(_ scalar: Unicode.Scalar) -> String {
    guard let script = Script(scalar) else { return "?" }
    let plain = script.plain == "\u{2212}" ? "-" : String(script.plain)
    return script.isRaised ? plain : "_" + plain
  }

  private static let ascii: [Unicode.Scalar: String] = [
    "\u{2212}": "-", "×": "x", "·": ".", "…": "...", "–": "-", "—": "-", "±": "+-", "≤": "<=",
    "≥": ">=", "≈": "~", "→": "->", "←": "<-", "∞": "inf", "°": " deg", "′": "'", "″": "\"",
    "½": "1/2", "√": "sqrt", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "Δ": "Delta",
    "ε": "eps", "η": "eta", "θ": "theta", "λ": "lambda", "μ": "mu", "π": "pi", "σ": "sigma",
    "φ": "phi", "ω": "omega", "∂": "d", "∇": "grad ", "Σ": "sum", "∑": "sum",
  ]
}
