import NNLessons
import NeuralNet
import Testing

@Suite struct ConvolutionLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("convolution", figure)
  }

  /// The row above the window's middle minus the row below it, in the deck's matrix.
  @Test(arguments: [
    (1, 1, -16.0), (1, 2, 6), (2, 1, -140), (2, 2, -28), (3, 1, -46), (3, 2, -89),
  ])
  func exampleIsThatOfTheDeck(row: Int, column: Int, value: Double) throws {
    #expect(try measure("row \(row), column \(column)") == value)
  }

  /// Six weights are not 0; a product with a 0 of the image is included.
  @Test func formulaHasAllProducts() throws {
    let formulas = try LessonResults.entry("convolution").report.blocks.compactMap { block in
      if case .formula(let text) = block { text } else { nil }
    }
    #expect(formulas.first == "1·1 + 4·1 + 3·1 + 21·(−1) + 3·(−1) + 0·(−1) = −16")
  }

  @Test func edgeFiltersIgnoreUniformGreyAndCommuteWithTransposition() throws {
    #expect(try measure("largest response to uniform grey") <= 1e-15)
    let turned = "largest difference of the transposed filter on the transposed photograph"
    #expect(try measure(turned) <= 1e-12)
    // Three differences of numbers in 0…1 in each direction.
    let greatest = try measure("largest strength of an edge")
    #expect(greatest > 1.5 && greatest < 3 * 2.0.squareRoot())
    let rare = try measure("share of pixels above a quarter of the largest strength")
    #expect((0.02...0.4).contains(rare))
  }

  @Test(
    .enabled(if: DatasetListing.all().contains { $0.name == "fashion-mnist" && $0.isAvailable }))
  func learnedFiltersClassifyClothes() throws {
    #expect(try measure("accuracy on test images") >= 0.75)
    let zeros = try measure("share of the feature maps that is 0")
    #expect((0.05...0.95).contains(zeros))
  }
}
