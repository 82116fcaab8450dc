/// The value of a scalar.
package enum ScalarValue: Sendable, Hashable {
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)

  /// Resolves a plain (unquoted) scalar by the core schema of YAML 1.2, chapter 10.3.2; nil for
  /// null.
  ///
  /// So `yes`, `no`, `on` and `off` are texts, and `1e-3` is a number, unlike in YAML 1.1. An
  /// integer that exceeds 64 bits becomes a floating-point number.
  package static func resolving(plain text: String) -> ScalarValue? {
    switch text {
    case "", "~", "null", "Null", "NULL": return nil
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    default: break
    }
    if let integer = integer(text) { return .integer(integer) }
    if isDecimal(text), let number = Double(text) { return .number(number) }
    return .string(text)
  }

  private static func integer(_ text: String) -> Int? {
    if text.hasPrefix("0x") { return digits(text.dropFirst(2), radix: 16) }
    if text.hasPrefix("0o") { return digits(text.dropFirst(2), radix: 8) }
    return Int(text)
  }

  private static func digits(_ text: Substring, radix: Int) -> Int? {
    text.first.map { $0 != "-" && $0 != "+" } == true ? Int(text, radix: radix) : nil
  }

  /// Whether the text is `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
  ///
  /// `Double.init` alone would also accept `nan`, `infinity` and hexadecimal fractions.
  private static func isDecimal(_ text: String) -> Bool {
    var rest = Substring(text)
    func skipDigits() -> Int {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    var mantissa = skipDigits()
    if rest.first == "." {
      rest.removeFirst()
      mantissa += skipDigits()
    }
    guard mantissa > 0 else { return false }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
      guard skipDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
