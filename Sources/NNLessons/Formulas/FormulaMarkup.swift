import NNDrawing

/// Writes a formula as MathML Core.
enum FormulaMarkup {
  /// The parts side by side.
  static func markup(_ parts: [FormulaPart]) -> String {
    var bars = 0
    var text = ""
    var last: FormulaPart?
    for (index, part) in parts.enumerated() {
      if case .sign(let sign) = part, "+−-".contains(sign), last?.leadsToSign ?? true {
        text += "<mo form=\"prefix\">\(sign == "+" ? "+" : "−")</mo>"
      } else {
        text += markup(part, bars: &bars)
      }
      if !part.isSpace { last = part }
      if isFunction(part), let next = parts.dropFirst(index + 1).first(where: { !$0.isSpace }),
        !next.isOpening
      {
        text += "<mspace width=\"0.17em\"/>"
      }
    }
    return text
  }

  private static func row(_ parts: [FormulaPart]) -> String { "<mrow>\(markup(parts))</mrow>" }

  private static func markup(_ part: FormulaPart, bars: inout Int) -> String {
    switch part {
    case .space: ""
    case .identifier(let name): identifier(name)
    case .number(let text): "<mn>\(escaped(text))</mn>"
    case .words(let text): "<mtext>\u{A0}\(escaped(text))\u{A0}</mtext>"
    case .sign(let sign): self.sign(sign, bars: &bars)
    case .group(let parts): row(parts)
    case .root(let parts): "<msqrt>\(markup(parts))</msqrt>"
    case .fraction(let above, let below): "<mfrac>\(row(above))\(row(below))</mfrac>"
    case .scripts(let base, let below, let above, _):
      scripts(base, markup(base, bars: &bars), below: below, above: above)
    }
  }

  private static func identifier(_ name: String) -> String {
    // The glyph of a prime is already raised; as a superscript it would be raised twice.
    if let last = name.last, "′″".contains(last) {
      let prime = "<mo lspace=\"0em\" rspace=\"0em\">\(last)</mo>"
      return "<mrow>\(identifier(String(name.dropLast())))\(prime)</mrow>"
    }
    let scalars = Array(name.unicodeScalars)
    // A letter with a tilde above it.
    if scalars.count == 2, scalars[1] == "\u{303}" {
      return "<mover accent=\"true\"><mi>\(scalars[0])</mi><mo stretchy=\"false\">~</mo></mover>"
    }
    return "<mi>\(escaped(name))</mi>"
  }

  private static func sign(_ sign: Character, bars: inout Int) -> String {
    switch sign {
    case "(", "[": return "<mo stretchy=\"false\" form=\"prefix\">\(sign)</mo>"
    case ")", "]": return "<mo stretchy=\"false\" form=\"postfix\">\(sign)</mo>"
    case "|", "‖":
      bars += 1
      let form = bars % 2 == 1 ? "prefix" : "postfix"
      return "<mo stretchy=\"false\" form=\"\(form)\">\(sign)</mo>"
    case "Σ": return "<mo>∑</mo>"
    case "-": return "<mo>−</mo>"
    case "·": return "<mo>⋅</mo>"
    case "…", "⋯", "∂", "∞": return "<mi>\(sign)</mi>"
    default: return "<mo>\(escaped(String(sign)))</mo>"
    }
  }

  private static func scripts(
    _ base: FormulaPart, _ markup: String, below: [FormulaPart], above: [FormulaPart]
  ) -> String {
    let isSum = if case .sign("Σ") = base { true } else { false }
    let (under, over) = isSum ? ("munder", "mover") : ("msub", "msup")
    switch (below.isEmpty, above.isEmpty) {
    case (false, true): return "<\(under)>\(markup)\(row(below))</\(under)>"
    case (true, false): return "<\(over)>\(markup)\(row(above))</\(over)>"
    default:
      let both = isSum ? "munderover" : "msubsup"
      return "<\(both)>\(markup)\(row(below))\(row(above))</\(both)>"
    }
  }

  private static func isFunction(_ part: FormulaPart) -> Bool {
    switch part {
    case .identifier(let name): name.count { $0.isLetter } > 2
    case .scripts(let base, _, _, _): isFunction(base)
    default: false
    }
  }
}

extension FormulaPart {
  fileprivate var isSpace: Bool { if case .space = self { true } else { false } }

  /// Whether a following plus or minus is a prefix, as in `(−1)` and `a ≈ −b`.
  fileprivate var leadsToSign: Bool {
    if case .sign(let sign) = self { !")]|‖…∂∞".contains(sign) } else { false }
  }

  /// Whether a function's name after it needs no space.
  fileprivate var isOpening: Bool {
    switch self {
    case .sign(let sign): "([|‖,)".contains(sign)
    case .scripts(let base, _, _, _): base.isOpening
    default: false
    }
  }
}
