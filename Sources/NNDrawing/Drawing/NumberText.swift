/// Formats numbers for people: a minus sign (U+2212), commas between thousands, powers of ten for
/// the very large and the very small.
package enum NumberText {
  /// A number with a fixed count of digits after the decimal point; commas from 10,000 on.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return special(value) }
    let places = max(0, decimals)
    let scaled = (value.magnitude * powerOfTen(places)).rounded()
    guard scaled < 9e15, places <= 15 else { return "\(value)".replacingMinus }
    let digits = Int(scaled)
    let unit = Int(powerOfTen(places))
    var text = grouped(digits / unit)
    if places > 0 {
      let fraction = String(digits % unit)
      text += "." + String(repeating: "0", count: places - fraction.count) + fraction
    }
    return value < 0 && digits > 0 ? "\u{2212}" + text : text
  }

  /// An integer; commas from 10,000 on.
  package static func integer(_ number: Int) -> String { fixed(Double(number), decimals: 0) }

  /// A number with about `digits` significant digits.
  package static func short(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return special(value) }
    guard value != 0 else { return "0" }
    let exponent = decimalExponent(value.magnitude)
    if exponent >= 6 || exponent < -3 {
      return scientific(value, exponent: exponent, decimals: digits - 1, isTrimmed: true)
    }
    return trimmed(fixed(value, decimals: min(max(0, digits - 1 - exponent), 15)))
  }

  /// `mantissa×10ᵉ`.
  static func scientific(
    _ value: Double, exponent: Int, decimals: Int, isTrimmed: Bool = false
  ) -> String {
    // In two steps, since 10 to the exponent alone may be beyond the range of Double.
    let half = exponent / 2
    let mantissa = value / powerOfTen(half) / powerOfTen(exponent - half)
    var text = fixed(mantissa, decimals: decimals)
    if text.hasPrefix("10") || text.hasPrefix("\u{2212}10") {
      // Rounded up to the next power.
      return scientific(
        value < 0 ? -powerOfTen(exponent + 1) : powerOfTen(exponent + 1), exponent: exponent + 1,
        decimals: decimals, isTrimmed: isTrimmed)
    }
    if isTrimmed { text = trimmed(text) }
    if text == "0" { return text }
    let tens = "10" + Script.raised(exponent)
    return switch text {
    case "1": tens
    case "\u{2212}1": "\u{2212}" + tens
    default: text + "×" + tens
    }
  }

  /// The text without trailing zeros of a fraction.
  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var result = Substring(text)
    while result.last == "0" { result.removeLast() }
    if result.last == "." { result.removeLast() }
    return String(result)
  }

  private static func special(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "\u{2212}∞" : "∞"
  }

  private static func grouped(_ number: Int) -> String {
    let digits = String(number)
    guard digits.count > 4 else { return digits }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return result
  }
}

extension String {
  /// The text with minus signs (U+2212) instead of hyphens.
  fileprivate var replacingMinus: String {
    String(map { $0 == "-" ? "\u{2212}" : $0 })
  }
}
