import NNLessons
import NeuralNet
import Testing

@Suite struct ConvolutionTests {
  private static let lesson = LessonRuns.report("convolution")

  /// Row above the window's middle less row below it, in the deck's matrix.
  @Test(arguments: [
    (1, 1, -16.0), (1, 2, 6), (2, 1, -140), (2, 2, -28), (3, 1, -46), (3, 2, -89),
  ])
  func exampleIsThatOfTheDeck(row: Int, column: Int, value: Double) throws {
    #expect(try Self.lesson.measure("row \(row), column \(column)") == value)
  }

  @Test func edgeFiltersSeeNothingInGreyAndTurnWithThePicture() throws {
    #expect(try Self.lesson.measure("largest response to an even grey") <= 1e-15)
    let turned = "largest difference of the turned filter on the turned photograph"
    #expect(try Self.lesson.measure(turned) <= 1e-12)
    // Three differences of numbers in 0…1 in each direction.
    let greatest = try Self.lesson.measure("greatest strength of an edge")
    #expect(greatest > 1.5 && greatest < 3 * 2.0.squareRoot())
    let rare = try Self.lesson.measure("share of places with a quarter of the greatest strength")
    #expect((0.02...0.4).contains(rare))
  }

  @Test(
    .enabled(if: DatasetListing.all().contains { $0.name == "fashion-mnist" && $0.isAvailable }))
  func learntFiltersTellClothesApart() throws {
    #expect(try Self.lesson.measure("accuracy on clothes it has not seen") >= 0.75)
    let zeros = try Self.lesson.measure("share of the maps' places that are 0")
    #expect((0.05...0.95).contains(zeros))
  }
}
