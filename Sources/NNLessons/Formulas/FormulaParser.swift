/// Parses the source text of a formula; a syntax character in an invalid position is an ordinary
/// sign.
struct FormulaParser {
  private var rest: Substring

  init(_ text: Substring) { rest = text }

  /// Parses the whole text.
  mutating func formula() -> [FormulaPart] { parts(until: nil) }

  private mutating func parts(until end: Character?) -> [FormulaPart] {
    var parts: [FormulaPart] = []
    while let first = rest.first, first != end { parts.append(part(first)) }
    return parts
  }

  private mutating func part(_ first: Character) -> FormulaPart {
    if first == " " { return .space(String(take { $0 == " " })) }
    return scripted(base(first))
  }

  private mutating func base(_ first: Character) -> FormulaPart {
    if first == "{" { return braces() }
    rest.removeFirst()
    if first == "\"" {
      let words = take { $0 != "\"" }
      rest = rest.dropFirst()
      return .words(String(words))
    }
    if first == "√", rest.first == "{" { return .root(braced()) }
    if first == "Σ" { return .sign(first) }
    if first.isNumber { return .number(String(first) + number()) }
    if first.isLetter {
      let others = rest.prefix { $0.isASCII && $0.isLetter }
      let isWord = first.isASCII && others.count > 1
      if isWord { rest = rest[others.endIndex...] }
      let name = String(first) + (isWord ? String(others) : "")
      return .identifier(name + take { "′″".contains($0) })
    }
    return .sign(first)
  }

  /// The rest of a number: digits, with decimal points or commas between digits.
  private mutating func number() -> String {
    var text = ""
    while let next = rest.first {
      let isPart = next.isASCII && next.isNumber
      let isPoint = ".,".contains(next) && rest.dropFirst().first.map { $0.isWholeNumber } ?? false
      guard isPart || isPoint else { break }
      text.append(rest.removeFirst())
    }
    return text
  }

  /// A group, or a fraction where a group follows after a slash.
  private mutating func braces() -> FormulaPart {
    let above = braced()
    guard rest.first == "/", rest.dropFirst().first == "{" else { return .group(above) }
    rest.removeFirst()
    return .fraction(above, braced())
  }

  private mutating func braced() -> [FormulaPart] {
    rest.removeFirst()
    let inside = parts(until: "}")
    rest = rest.dropFirst()
    return inside
  }

  // MARK: - Scripts

  private static let lowered: [Character: Character] = pairs(
    "₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₜₘ", "0123456789+−ijkntm")
  private static let raised: [Character: Character] = pairs(
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵗᵀᴺ", "0123456789+−()ntTN")

  private static func pairs(_ keys: String, _ values: String) -> [Character: Character] {
    Dictionary(uniqueKeysWithValues: zip(keys, values))
  }

  private mutating func scripted(_ base: FormulaPart) -> FormulaPart {
    let start = rest.startIndex
    var (below, above): ([FormulaPart], [FormulaPart]) = ([], [])
    while let next = rest.first {
      if Self.lowered[next] != nil {
        below += small(Self.lowered)
      } else if Self.raised[next] != nil {
        above += small(Self.raised)
      } else if next == "_", let script = script() {
        below += script
      } else if next == "^", let script = script() {
        above += script
      } else {
        break
      }
    }
    guard !below.isEmpty || !above.isEmpty else { return base }
    let written = String(rest.base[start..<rest.startIndex])
    return .scripts(base, below: below, above: above, written: written)
  }

  private mutating func small(_ signs: [Character: Character]) -> [FormulaPart] {
    let text = take { signs[$0] != nil }.compactMap { signs[$0] }
    var parser = FormulaParser(Substring(String(text)))
    return parser.formula()
  }

  /// The script after `_` or `^`; nil, without consuming anything, where there is none.
  private mutating func script() -> [FormulaPart]? {
    let after = rest.dropFirst()
    guard let first = after.first else { return nil }
    if first == "{" {
      rest = after
      return braced()
    }
    guard first.isLetter || first.isWholeNumber else { return nil }
    rest = after
    let text = take { sign in
      (sign.isLetter || sign.isWholeNumber) && Self.raised[sign] == nil && Self.lowered[sign] == nil
    }
    var parser = FormulaParser(text)
    return parser.formula()
  }

  private mutating func take(while isPart: (Character) -> Bool) -> Substring {
    let taken = rest.prefix(while: isPart)
    rest = rest[taken.endIndex...]
    return taken
  }
}
