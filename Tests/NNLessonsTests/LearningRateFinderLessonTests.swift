import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct LearningRateFinderLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("learning-rate-finder", figure)
  }

  /// The loss begins at guessing, falls, and rises again at the largest rates.
  @Test func testSeesAValley() throws {
    let first = try measure("smoothed loss of the first step")
    let least = try measure("smallest smoothed loss")
    #expect(abs(first - log(2)) < 0.3)
    #expect(least < 0.95 * first)
    #expect(try measure("smoothed loss of the last step") > 1.1 * least)
    #expect((50...100).contains(try measure("steps of the test")))
  }

  /// Both suggestions lie on the falling part, before the minimum.
  @Test func suggestionsPrecedeTheMinimum() throws {
    let bottom = try measure("rate with the smallest smoothed loss")
    let steepest = try measure("suggestion: steepest fall")
    #expect(steepest < bottom && steepest > 1e-3 * bottom)
    let tenth = try measure("suggestion: a tenth of the minimum")
    #expect(tenth <= 0.100_001 * bottom && tenth > 1e-3 * bottom)
    #expect(try measure("rate of the last step") >= bottom)
  }

  @Test func suggestedRateTrainsBest() throws {
    let rate = try measure("suggestion: steepest fall")
    #expect(try measure("rate, the suggested rate") == rate)
    #expect(abs(try measure("rate, a tenth of it") - rate / 10) <= 1e-12)
    #expect(abs(try measure("rate, ten times it") - rate * 10) <= 1e-9)
    let loss = try measure("loss, the suggested rate")
    #expect(loss < 0.1)
    #expect(try measure("accuracy, the suggested rate") > 0.97)
    #expect(try measure("loss, a tenth of it") > 2 * loss)
    #expect(try measure("loss, ten times it") > 2 * loss)
  }
}
