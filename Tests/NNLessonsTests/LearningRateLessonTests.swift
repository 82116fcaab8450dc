import NNLessons
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct LearningRateLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("learning-rate", figure)
  }
  private static let sizes = [4, 8, 16, 32, 64, 128, 256]

  /// With small steps the progress of an epoch depends on η/B.
  @Test func lossFollowsTheRatioOfRateAndBatchSize() throws {
    #expect((1...1.1).contains(try measure("ratio of highest to lowest loss along equal η/B")))
    #expect(try measure("ratio of highest to lowest loss at the smallest rate") >= 1.8)
  }

  @Test func largerBatchesNeedLargerRates() throws {
    let best = try Self.sizes.map { try measure("best rate, batches of \($0)") }
    let small = best[0...2].map(log).reduce(0, +) / 3
    let large = best[3...].map(log).reduce(0, +) / 4
    #expect(large > small)
    // None of them is the smallest rate.
    #expect(best.allSatisfy { $0 >= 0.25 })
  }

  @Test func goodRatesLearnAndOthersDoNot() throws {
    for size in Self.sizes.dropLast() {
      #expect(try measure("its loss, batches of \(size)") <= 0.02, "batches of \(size)")
    }
    #expect(try measure("its loss, batches of 256") <= 0.25)
    #expect(try measure("loss of the smallest rate with full batches") >= 0.5)
    #expect((1...30).contains(try measure("runs that end worse than guessing")))
  }
}
