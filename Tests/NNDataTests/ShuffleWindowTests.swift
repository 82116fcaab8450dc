import NNCore
import NNData
import NNTestSupport
import Testing

/// Orders in which examples are shuffled in a window.
@Suite("Shuffling in a window") struct ShuffleWindowTests {
  private static func plan(
    _ count: Int, _ window: Int?, batchSize: Int = 1, seed: UInt64 = 5, dropLast: Bool = false
  ) throws -> BatchPlan {
    try BatchPlan(
      exampleCount: count, batchSize: batchSize, shuffle: true, dropLast: dropLast, seed: seed,
      shuffleWindow: window)
  }

  @Test(
    "every example comes once in every epoch",
    arguments: [1, 2, 15, 16, 17, 100, 1001], [1, 2, 3, 16, 33, 100, 5000])
  func isPermutation(count: Int, window: Int) throws {
    let plan = try Self.plan(count, window)
    for epoch in 0..<3 {
      let order = plan.batches(epoch: epoch).flatMap { $0 }
      #expect(order.sorted() == Array(0..<count))
    }
  }

  @Test("examples that are near in the order are near in the file", arguments: [32, 160, 800])
  func isLocal(window: Int) throws {
    let count = 4000
    let order = try Self.plan(count, window).batches(epoch: 1).flatMap { $0 }
    // Without a window, this many different blocks occur among neighbours.
    let block = window / 16
    for start in stride(from: 0, to: count, by: window) {
      let blocks = Set(order[start..<min(start + window, count)].map { $0 / block })
      #expect(blocks.count <= 16)
    }
    // Within a window the order is random: neighbours are mostly of different blocks.
    let changes = zip(order, order.dropFirst()).count { $0 / block != $1 / block }
    #expect(Double(changes) > 0.8 * Double(count))
  }

  @Test("every example has the same chance of every place in a window")
  func isUniform() throws {
    // A window of everything: sums of places over many epochs are alike.
    let plan = try Self.plan(8, 8)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 8), count: 8)
    let epochs = 4000
    for epoch in 0..<epochs {
      for (place, example) in plan.batches(epoch: epoch).flatMap({ $0 }).enumerated() {
        counts[example][place] += 1
      }
    }
    // χ² of 49 degrees of freedom is below 90 with a probability of 99.97 %.
    let expected = Double(epochs) / 8
    let deviation = counts.joined().reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    #expect(deviation < 90, "\(deviation)")
  }

  @Test("the order depends on seed and epoch alone")
  func depends() throws {
    let plans = try [Self.plan(300, 40), Self.plan(300, 40)]
    #expect(plans[0].batches(epoch: 2) == plans[1].batches(epoch: 2))
    #expect(plans[0].batches(epoch: 2) != plans[0].batches(epoch: 3))
    #expect(try plans[0].batches(epoch: 2) != Self.plan(300, 40, seed: 6).batches(epoch: 2))
    #expect(try plans[0].batches(epoch: 2) != Self.plan(300, nil).batches(epoch: 2))
    let dropped = try Self.plan(300, 40, batchSize: 7, dropLast: true)
    #expect(dropped.batches(epoch: 0).allSatisfy { $0.count == 7 })
    #expect(dropped.batches(epoch: 0).count == 42)
    expectError("shuffle_window must be at least 1, not 0") { _ = try Self.plan(3, 0) }
  }

  @Test("without shuffling there is no window")
  func unshuffled() throws {
    let plan = try BatchPlan(exampleCount: 9, batchSize: 4, shuffle: false, shuffleWindow: 3)
    #expect(plan.batches(epoch: 1).flatMap { $0 } == Array(0..<9))
  }
}
