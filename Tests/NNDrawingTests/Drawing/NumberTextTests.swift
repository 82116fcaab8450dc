import NNDrawing
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (1.005, 2, "1.00"), (-0.001, 2, "0.00"), (-0.25, 2, "−0.25"),
    (12_345.678, 1, "12,345.7"), (9999, 0, "9999"), (10_000, 0, "10,000"),
    (1_234_567, 0, "1,234,567"), (0.1, 0, "0"), (0.5, 3, "0.500"), (.nan, 1, "NaN"),
    (-.infinity, 0, "−∞"), (1e20, 0, "1e+20"),
  ])
  func fixed(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }

  @Test(arguments: [
    (9_999_999, "10⁷"), (-9_999_999, "−10⁷"), (9.9999e-5, "10⁻⁴"),
    (0.0, "0"), (1, "1"), (0.123_456, "0.123"), (-0.5, "−0.5"), (1234.5, "1235"),
    (98_765, "98,765"), (1.5e7, "1.5×10⁷"), (1e-5, "10⁻⁵"), (-2.25e-9, "−2.25×10⁻⁹"),
    (1e300, "10³⁰⁰"), (.leastNonzeroMagnitude, "4.94×10⁻³²⁴"), (.infinity, "∞"), (0.001, "0.001"),
  ])
  func short(_ value: Double, _ text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (-1, "-1"), (0.5, ".5"), (-0.25, "-.25"), (12.345, "12.35"),
    (100.1, "100.1"), (0.004, "0"), (-0.004, "0"), (1e12, "10000000"), (.nan, "0"),
  ])
  func coordinates(_ value: Double, _ text: String) {
    #expect(SVGNumber(value).text == text)
  }
}
