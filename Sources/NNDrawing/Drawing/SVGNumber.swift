/// Coordinates as SVG writes them, in hundredths so that relative steps never drift.
package struct SVGNumber {
  /// A hundredth of a unit each.
  let hundredths: Int

  /// The nearest coordinate; it saturates far beyond any drawing.
  package init(_ value: Double) {
    hundredths = value.isFinite ? Int((min(max(value, -1e7), 1e7) * 100).rounded()) : 0
  }

  init(hundredths: Int) { self.hundredths = hundredths }

  /// The number with at most two decimals and none that is not needed.
  package var text: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the number's text.
  func append(to bytes: inout [UInt8]) {
    if hundredths < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = hundredths.magnitude
    let (whole, fraction) = (magnitude / 100, magnitude % 100)
    if whole > 0 || fraction == 0 { bytes += String(whole).utf8 }
    guard fraction > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(fraction / 10))
    if fraction % 10 > 0 { bytes.append(UInt8(ascii: "0") + UInt8(fraction % 10)) }
  }

  /// Appends the number after another one, with a space only where they would run together.
  func appendNext(to bytes: inout [UInt8]) {
    if hundredths >= 0 { bytes.append(UInt8(ascii: " ")) }
    append(to: &bytes)
  }
}
