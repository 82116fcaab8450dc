import NNDrawing

/// A line of mathematics, written in plain Unicode so that it is readable in source code, in a
/// terminal and by a screen reader, and rendered as MathML on a page.
///
/// ```swift
/// report.formula("ε_t = ε_{t−1}·|1 − ηb|,   t = {log δ}/{log|1 − ηb|}  \"for small\" ηb")
/// ```
///
/// | Written | Meaning |
/// |---|---|
/// | `x_t`, `x_{t−1}`, `x₁` | subscripts; without braces all following letters and digits |
/// | `x^t`, `x^{T−t}`, `x²`, `x⁽ᵗ⁾` | superscripts |
/// | `σ′`, `f″` | primes |
/// | `{a + b}/{c}` | a fraction; `a/b` stays on the line |
/// | `√{a + b}` | a root |
/// | `Σ_i`, `Σ_{i=1}^N` | a sum with its bounds below and above |
/// | `"for small"` | words |
/// | two spaces or more | a separator between formulas on the same line |
///
/// One or two letters are variables, three or more the name of a function such as `log`.
public struct Formula: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The source text.
  let source: String

  /// Creates a formula from its source text.
  public init(_ source: String) { self.source = source }

  /// Creates a formula from its source text.
  public init(stringLiteral value: String) { source = value }

  /// Plain text: fractions and roots on the line, words without quotes.
  public var plain: String {
    source.split(separator: "\n").map { line in
      var parser = FormulaParser(line)
      return parser.formula().map(\.plain).joined()
    }.joined(separator: "\n")
  }

  /// The formulas of all lines as MathML Core in a `<div>`, each with its plain text.
  public var html: String {
    let formulas = source.split(separator: "\n").flatMap { Self.formulas(of: String($0)) }
    let elements = formulas.map { formula -> String in
      var parser = FormulaParser(formula[...])
      let markup = FormulaMarkup.markup(parser.formula())
      let text = Formula(formula).plain
      return "<math display=\"block\" alttext=\"\(escaped(text))\">\(markup)</math>"
    }
    return "<div class=\"formula\">\(elements.joined(separator: "\n"))</div>"
  }

  /// The formulas of a line, without the commas and spaces between them.
  private static func formulas(of line: String) -> [String] {
    var formulas: [String] = []
    var formula = ""
    var spaces = 0
    for character in line {
      if character == " " {
        spaces += 1
        continue
      }
      if spaces > 1, !formula.isEmpty {
        formulas.append(formula)
        formula = ""
      } else if spaces == 1 {
        formula += " "
      }
      spaces = 0
      formula.append(character)
    }
    return (formulas + [formula]).map { formula in
      formula.hasSuffix(",") ? String(formula.dropLast()) : formula
    }
  }
}

/// A part of a formula.
indirect enum FormulaPart {
  /// A variable or the name of a function, with its primes.
  case identifier(String)
  case number(String)
  case sign(Character)
  case words(String)
  case space(String)
  case fraction([FormulaPart], [FormulaPart])
  case root([FormulaPart])
  case group([FormulaPart])
  /// A part with its subscript and superscript; `written` is the source text of both.
  case scripts(FormulaPart, below: [FormulaPart], above: [FormulaPart], written: String)

  /// The part as plain text.
  var plain: String {
    switch self {
    case .identifier(let text), .number(let text), .words(let text), .space(let text): return text
    case .sign(let sign): return String(sign)
    case .group(let parts): return Self.plain(parts)
    case .root(let parts): return "√(\(Self.plain(parts)))"
    case .scripts(let base, _, _, let written): return base.plain + written
    case .fraction(let above, let below):
      let (top, bottom) = (Self.plain(above), Self.plain(below))
      let isSum = top.contains { "+−".contains($0) }
      // A differential such as ∂x or dx needs no parentheses.
      let isOne = below.count == 1 || "∂d".contains(bottom.first ?? " ")
      return (isSum ? "(\(top))" : top) + "/" + (isOne ? bottom : "(\(bottom))")
    }
  }

  private static func plain(_ parts: [FormulaPart]) -> String { parts.map(\.plain).joined() }
}
