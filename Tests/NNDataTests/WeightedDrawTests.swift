import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Batches of examples drawn by weight")
struct WeightedDrawTests {
  private func dataset(_ count: Int) throws -> Dataset {
    try Dataset(
      name: "rows", inputs: HostTensor((0..<count).map { Float($0) }, shape: [count, 1]),
      targets: HostTensor((0..<count).map { Int32($0 % 2) }))
  }

  @Test func sharesFollowTheWeights() throws {
    let weights = [1.0, 0, 3, 0, 0.5, 2, 0]
    let plan = try BatchPlan(
      exampleCount: 7, batchSize: 3, seed: 4, drawWeights: weights)
    var counts = [Int](repeating: 0, count: 7)
    let epochs = 4000
    for epoch in 0..<epochs {
      let batches = plan.batches(epoch: epoch)
      #expect(batches.map(\.count) == [3, 3, 1])
      for index in batches.joined() { counts[index] += 1 }
    }
    let total = weights.reduce(0, +)
    for (count, weight) in zip(counts, weights) {
      let share = weight / total
      let draws = Double(7 * epochs)
      // Four standard deviations of a binomial distribution.
      let margin = 4 * (draws * share * (1 - share)).squareRoot()
      #expect((Double(count) - draws * share).magnitude <= margin)
    }
    #expect(counts[1] == 0 && counts[3] == 0 && counts[6] == 0)
  }

  /// An epoch does not depend on those before it, nor on shuffling.
  @Test func epochsAreIndependent() throws {
    let weights = (0..<50).map { Double($0 % 5) }
    func plan(seed: UInt64, shuffle: Bool = true) throws -> BatchPlan {
      try BatchPlan(
        exampleCount: 50, batchSize: 8, shuffle: shuffle, dropLast: true, seed: seed,
        drawWeights: weights)
    }
    let plans = try [plan(seed: 1), plan(seed: 1, shuffle: false)]
    #expect(plans[0].batches(epoch: 3) == plans[1].batches(epoch: 3))
    #expect(plans[0].batches(epoch: 3) != plans[0].batches(epoch: 4))
    #expect(try plans[0].batches(epoch: 3) != plan(seed: 2).batches(epoch: 3))
    #expect(plans[0].batches(epoch: 0).count == 6 && plans[0].batchesPerEpoch == 6)
  }

  @Test(arguments: [false, true]) func loaderReturnsTheDrawnRows(prefetch: Bool) throws {
    let data = try dataset(9)
    let loader = try BatchLoader(
      dataset: data, batchSize: 4, prefetch: prefetch,
      drawWeights: [0, 1, 0, 0, 2, 0, 0, 0, 1])
    let drawn = loader.plan.batches(epoch: 0).flatMap { $0 }
    var inputs: [Double] = []
    while let batch = try loader.next() { inputs += batch.inputs.doubles }
    #expect(inputs == drawn.map(Double.init))
    #expect(Set(drawn).isSubset(of: [1, 4, 8]) && drawn.count == 9)
    // The same after a jump into the middle of an epoch.
    loader.seek(epoch: 0, batch: 1)
    #expect(try loader.next()?.inputs.doubles == drawn[4..<8].map(Double.init))
  }

  @Test func extremes() throws {
    let single = try BatchPlan(exampleCount: 1, batchSize: 1, drawWeights: [1e-300])
    #expect(single.batches(epoch: 0) == [[0]])
    let tiny = try BatchPlan(
      exampleCount: 3, batchSize: 3, drawWeights: [0, .leastNonzeroMagnitude, 0])
    #expect(tiny.batches(epoch: 0).flatMap { $0 } == [1, 1, 1])
    let last = try BatchPlan(exampleCount: 3, batchSize: 3, drawWeights: [0, 0, 1e300])
    #expect(last.batches(epoch: 9).flatMap { $0 } == [2, 2, 2])
  }

  @Test func wrongWeightsAreRefused() {
    func refuse(_ weights: [Double], _ message: String, _ hint: String = "") {
      expectError(message, hint) {
        _ = try BatchPlan(exampleCount: 3, batchSize: 1, drawWeights: weights)
      }
    }
    refuse([1, 2], "2 weights of a sampler for 3 examples", "every example has one weight")
    refuse([1, -2, 1], "the sampler's weight of example 1 (from 0) is -2.0, expected a number ≥ 0")
    refuse([1, 1, .nan], "the sampler's weight of example 2 (from 0) is nan")
    refuse([.infinity, 1, 1], "the sampler's weight of example 0 (from 0) is inf")
    refuse([0, 0, 0], "the sampler's weights sum up to 0.0: no example can be drawn")
    refuse([1e308, 1e308, 1], "the sampler's weights sum up to inf")
  }
}
