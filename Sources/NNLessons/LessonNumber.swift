import NNCore

extension Double {
  /// The number with the given significant digits, as texts show it: `0.0123`, `97`, `1.5 · 10⁻⁷`.
  func rounded(digits: Int) -> String {
    guard isFinite else { return isNaN ? "not a number" : self < 0 ? "−∞" : "∞" }
    guard self != 0 else { return "0" }
    if self == self.rounded(), magnitude < 1e6 { return Self.signed("\(Int(self))") }
    let parts = DecimalText.scientific(self, decimals: digits - 1).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(self)" }
    if exponent < -3 || exponent >= max(6, digits) {
      return Self.signed("\(parts[0]) · 10\(Self.superscript(exponent))")
    }
    return Self.signed(DecimalText.fixed(self, decimals: max(0, digits - 1 - exponent)))
  }

  /// The number with three significant digits.
  var text: String { rounded(digits: 3) }

  /// The number in percent: `97.4 %`.
  var percent: String {
    let value = 100 * self
    return value == value.rounded()
      ? "\(Int(value)) %" : Self.signed(DecimalText.fixed(value, decimals: 1)) + " %"
  }

  private static func signed(_ text: String) -> String {
    text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  private static func superscript(_ number: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (number < 0 ? "⁻" : "")
      + String("\(number.magnitude)".compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }
}
