import NNSearch
import NNTraining
import Testing

@Suite("Search: pruners")
struct PrunerTests {
  private static func losses(
    _ curve: [Double], rungs: [Int] = [], isFinished: Bool = false
  ) -> TrialLosses {
    TrialLosses(
      curve: curve, atRungs: Dictionary(uniqueKeysWithValues: rungs.map { ($0, curve[$0 - 1]) }),
      isFinished: isFinished)
  }

  @Test(
    "every pruner compares at ascending numbers of epochs below the total",
    arguments: Registry.pruners.names)
  func battery(name: String) throws {
    let config = try Config(
      yaml: searchConfig, overrides: ["search={pruner: \(name), parameters: {epochs: [2, 3]}}"])
    let pruner = try Registry.pruners.build(try #require(config.search?.pruner)).pruner
    #expect(pruner.rungs(below: 1) == [])
    let rungs = pruner.rungs(below: 100)
    #expect(!rungs.isEmpty && rungs == rungs.sorted() && Set(rungs).count == rungs.count)
    #expect(rungs.allSatisfy { (1..<100).contains($0) })
    // The best of many continues, the worst ends.
    let others = (1...9).map { Self.losses([Double($0)], rungs: [1], isFinished: true) }
    #expect(!pruner.ends(Self.losses([0.5], rungs: [1]), at: 1, among: others))
    #expect(pruner.ends(Self.losses([9.5], rungs: [1]), at: 1, among: others))
  }

  @Test("ASHA: powers of the reduction; the best ⌊n/reduction⌋ of n, or the best")
  func asha() {
    let pruner = PrunerOptions.asha(minEpochs: 2, reduction: 3).pruner
    #expect(pruner.rungs(below: 60) == [2, 6, 18, 54])
    #expect(pruner.rungs(below: 54) == [2, 6, 18])
    for (losses, continuing) in [
      ([4.0], 1), ([4, 3], 1), ([4, 3, 2], 1), ([5, 4, 3, 2, 1], 1), ([6, 5, 4, 3, 2, 1], 2),
      ([9, 8, 7, 6, 5, 4, 3, 2, 1], 3),
    ] {
      let trials = losses.map { Self.losses([9, $0], rungs: [2]) }
      let kept = losses.indices.filter { index in
        let others = trials.indices.filter { $0 != index }.map { trials[$0] }
        return !pruner.ends(trials[index], at: 2, among: others)
      }.map { losses[$0] }
      #expect(kept == Array(losses.sorted().prefix(continuing)).reversed(), "\(losses)")
    }
    // Trials that have not got there do not count; one that is not finite ends.
    let elsewhere = [Self.losses([0], rungs: [1]), Self.losses([0, 0, 0, 0, 0, 0], rungs: [6])]
    #expect(!pruner.ends(Self.losses([9, 5], rungs: [2]), at: 2, among: elsewhere))
    #expect(pruner.ends(Self.losses([9, .nan], rungs: [2]), at: 2, among: []))
  }

  @Test("median: worse than the median of finished trials after as many epochs")
  func median() {
    let pruner = PrunerOptions.median(startup: 3, warmup: 2, interval: 3).pruner
    #expect(pruner.rungs(below: 12) == [2, 5, 8, 11])
    let finished = [[1.0, 5], [1, 3], [1, 2], [1]].map { Self.losses($0, isFinished: true) }
    let running = Self.losses([0, 0])
    // The median of 5, 3 and 2; the trial's best counts.
    #expect(!pruner.ends(Self.losses([9, 3]), at: 2, among: finished + [running]))
    #expect(!pruner.ends(Self.losses([2.5, 8]), at: 2, among: finished))
    #expect(pruner.ends(Self.losses([9, 3.1]), at: 2, among: finished))
    #expect(pruner.ends(Self.losses([.nan, .nan]), at: 2, among: finished))
    // An even number: the mean of both in the middle.
    let four = finished + [Self.losses([0, 4], isFinished: true)]
    #expect(!pruner.ends(Self.losses([9, 3.5]), at: 2, among: four))
    #expect(pruner.ends(Self.losses([9, 3.6]), at: 2, among: four))
    // Too few finished trials.
    #expect(!pruner.ends(Self.losses([9, 9]), at: 2, among: Array(finished.prefix(2))))
  }
}
