import NNLessons
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct LearningRateLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try RanLessons.measure("learning-rate", figure)
  }
  private static let sizes = [4, 8, 16, 32, 64, 128, 256]

  /// With small steps an epoch goes as far as η/B says.
  @Test func lossFollowsTheRatioOfRateAndBatchSize() throws {
    #expect((1...1.1).contains(try measure("greatest over least loss along equal η/B")))
    #expect(try measure("greatest over least loss of the least rate") >= 1.8)
  }

  @Test func largerBatchesWantLargerRates() throws {
    let best = try Self.sizes.map { try measure("best rate, batches of \($0)") }
    let small = best[0...2].map(log).reduce(0, +) / 3
    let large = best[3...].map(log).reduce(0, +) / 4
    #expect(large > small)
    // None of them is at the end of the least rates.
    #expect(best.allSatisfy { $0 >= 0.25 })
  }

  @Test func goodRatesLearnAndOthersDoNot() throws {
    for size in Self.sizes.dropLast() {
      #expect(try measure("its loss, batches of \(size)") <= 0.02, "batches of \(size)")
    }
    #expect(try measure("its loss, batches of 256") <= 0.25)
    #expect(try measure("loss of the least rate with all points in a batch") >= 0.5)
    #expect((1...30).contains(try measure("runs that end worse than guessing")))
  }
}
