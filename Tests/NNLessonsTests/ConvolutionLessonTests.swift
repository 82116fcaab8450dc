import NNLessons
import NeuralNet
import Testing

@Suite struct ConvolutionLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try RanLessons.measure("convolution", figure)
  }

  /// Row above the window's middle less row below it, in the deck's matrix.
  @Test(arguments: [
    (1, 1, -16.0), (1, 2, 6), (2, 1, -140), (2, 2, -28), (3, 1, -46), (3, 2, -89),
  ])
  func exampleIsThatOfTheDeck(row: Int, column: Int, value: Double) throws {
    #expect(try measure("row \(row), column \(column)") == value)
  }

  /// Six weights are not 0, and a product with the picture's own 0 counts.
  @Test func formulaHasAllProducts() throws {
    let formulas = try RanLessons.entry("convolution").report.blocks.compactMap { block in
      if case .formula(let text) = block { text } else { nil }
    }
    #expect(formulas.first == "1·1 + 4·1 + 3·1 + 21·(−1) + 3·(−1) + 0·(−1) = −16")
  }

  @Test func edgeFiltersSeeNothingInGreyAndTurnWithThePicture() throws {
    #expect(try measure("largest response to an even grey") <= 1e-15)
    let turned = "largest difference of the turned filter on the turned photograph"
    #expect(try measure(turned) <= 1e-12)
    // Three differences of numbers in 0…1 in each direction.
    let greatest = try measure("greatest strength of an edge")
    #expect(greatest > 1.5 && greatest < 3 * 2.0.squareRoot())
    let rare = try measure("share of places with a quarter of the greatest strength")
    #expect((0.02...0.4).contains(rare))
  }

  @Test(
    .enabled(if: DatasetListing.all().contains { $0.name == "fashion-mnist" && $0.isAvailable }))
  func learntFiltersTellClothesApart() throws {
    #expect(try measure("accuracy on clothes it has not seen") >= 0.75)
    let zeros = try measure("share of the maps' places that are 0")
    #expect((0.05...0.95).contains(zeros))
  }
}
