import NNDrawing
import Testing

@Suite struct TextMetricsTests {
  /// Advances in thousandths that the fonts' own files state, rounded up: of DejaVu Sans or
  /// Liberation Sans, whichever is wider.
  @Test(
    arguments: [
      ("m", 975.0, 1042.0), ("W", 989, 1104), ("0", 637, 696), ("e", 616, 679), (" ", 318, 349),
      ("é", 616, 679), ("Ж", 1078, 1225), ("Ω", 765, 851), ("@", 1016, 1000), ("c", 550, 593),
    ] as [(String, Double, Double)])
  func widthsAreThoseOfTheWidestFont(_ text: String, _ regular: Double, _ bold: Double) {
    func thousandths(_ size: TextSize) -> Double {
      (TextMetrics.width(of: text, size) * 1000 / TextMetrics.points(size)).rounded()
    }
    #expect(thousandths(.small) == regular)
    #expect(thousandths(.medium) == regular)
    #expect(thousandths(.large) == bold)
  }

  @Test(arguments: [TextSize.small, .large])
  func brokenTextsKeepEverything(_ size: TextSize) {
    let long = String(repeating: "abcdefghij", count: 30)
    for text in ["", "a", "one two", "\(long) and \(long)", "x " + long, "  spaced   out "] {
      let lines = TextMetrics.broken(text, to: 90, size)
      #expect(lines.allSatisfy { TextMetrics.width(of: $0, size) <= 90 })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
      #expect(!lines.isEmpty)
    }
    // A character wider than the line stands alone.
    #expect(TextMetrics.broken("WW", to: 1, size) == ["W", "W"])
  }
}
