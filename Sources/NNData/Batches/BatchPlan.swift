public import NNCore

/// The assignment of examples to the batches of each epoch.
///
/// Any batch can be computed without those before it, so training can resume at any batch.
public struct BatchPlan: Sendable, Hashable {
  /// The number of examples of the data set.
  public let exampleCount: Int
  /// The number of examples of a batch; the last one of an epoch may have fewer.
  public let batchSize: Int
  /// Whether the examples are shuffled in every epoch; otherwise they keep the data set's order.
  public let shuffle: Bool
  /// Whether an incomplete last batch is dropped.
  public let dropLast: Bool
  /// The run's seed, which determines the orders.
  public let seed: UInt64
  /// The group of each example; all examples of a batch are in one group. Empty for a single group.
  let groups: [Int]
  /// The number of examples of each group.
  let groupCounts: [Int]
  /// The part of the examples that are shuffled together; nil for all.
  let window: ShuffleWindow?
  /// Draws the examples of an epoch; nil where each example is in an epoch once.
  private let draws: WeightedDraws?

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - groups: The group of each example, counted from 0, such as a bucket of similar
  ///     lengths; all examples of a batch are in one group. Nil (default) for a single group.
  ///   - drawWeights: The weights with which the examples of an epoch, as many as there are, are
  ///     drawn with replacement, whatever `shuffle` is; there are no groups then. Nil (default): each
  ///     example once.
  ///   - shuffleWindow: The number of examples that are shuffled together, so that the examples of
  ///     successive batches are near each other in the data set, and in a file; at least 1, only with
  ///     `shuffle`. Nil (default) for all examples.
  /// - Throws: `NNError` when the batch size is below 1 or above the number of examples, and for
  ///   weights that are not one number ≥ 0 for each example, or all 0.
  public init(
    exampleCount: Int, batchSize: Int, shuffle: Bool = false, dropLast: Bool = false,
    seed: UInt64 = 0, groups: [Int]? = nil, drawWeights: [Double]? = nil,
    shuffleWindow: Int? = nil
  ) throws(NNError) {
    precondition(groups?.count ?? exampleCount == exampleCount, "each example has a group")
    precondition(groups == nil || drawWeights == nil, "examples are drawn from a single group")
    if let shuffleWindow, shuffleWindow < 1 {
      throw .invalid("shuffle_window must be at least 1, not \(shuffleWindow)")
    }
    guard batchSize >= 1 else {
      throw .invalid("batch_size must be at least 1, not \(batchSize)")
    }
    guard batchSize <= exampleCount else {
      throw .invalid(
        "batch_size \(batchSize) is above the \(exampleCount) examples of the data",
        hint: "use at most \(exampleCount)")
    }
    self.exampleCount = exampleCount
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.seed = seed
    self.groups = groups ?? []
    window =
      shuffle && drawWeights == nil
      ? shuffleWindow.map { ShuffleWindow($0, count: exampleCount) } : nil
    var counts = [Int](repeating: 0, count: (groups?.max()).map { $0 + 1 } ?? 1)
    if let groups { for group in groups { counts[group] += 1 } } else { counts[0] = exampleCount }
    groupCounts = counts
    draws = try drawWeights.map { weights throws(NNError) in
      try WeightedDraws(weights, count: exampleCount)
    }
  }

  /// What determines the shapes of a batch of the given examples.
  func size(of indices: ArraySlice<Int>) -> BatchSize {
    BatchSize(
      count: indices.count, group: groups.isEmpty ? 0 : indices.first.map { groups[$0] } ?? 0)
  }

  /// Whether the examples of an epoch are in random order.
  var isRandom: Bool { shuffle || draws != nil }

  /// The number of batches of one epoch.
  public var batchesPerEpoch: Int {
    groupCounts.reduce(0) { $0 + (dropLast ? $1 / batchSize : ($1 + batchSize - 1) / batchSize) }
  }

  /// The number of examples of the smallest batch of an epoch; nil when there is no batch.
  public var smallestBatch: Int? {
    groupCounts.flatMap { count -> [Int] in
      let rest = count % batchSize
      return (count >= batchSize ? [batchSize] : []) + (rest > 0 && !dropLast ? [rest] : [])
    }.min()
  }

  /// The indices of the examples of each batch of an epoch, which is counted from 0.
  public func batches(epoch: Int) -> [ArraySlice<Int>] {
    let step = UInt32(truncatingIfNeeded: epoch)
    if let draws {
      return cut(draws.indices(Philox(seed: seed, stream: RandomStream.draws, step: step)))
    }
    let indices =
      if let window {
        window.indices(seed: seed, epoch: epoch)
      } else if shuffle {
        Philox(seed: seed, stream: RandomStream.order, step: step).permutation(exampleCount)
      } else {
        Array(0..<exampleCount)
      }
    guard !groups.isEmpty else { return cut(indices) }
    var members = groupCounts.map { _ in [Int]() }
    for index in indices { members[groups[index]].append(index) }
    let batches = members.flatMap(cut)
    guard shuffle else { return batches }
    return Philox(seed: seed, stream: RandomStream.batchOrder, step: step)
      .permutation(batches.count).map { batches[$0] }
  }

  private func cut(_ indices: [Int]) -> [ArraySlice<Int>] {
    let end = dropLast ? indices.count / batchSize * batchSize : indices.count
    return stride(from: 0, to: end, by: batchSize).map { indices[$0..<min($0 + batchSize, end)] }
  }
}

/// What determines the shapes of a batch.
struct BatchSize: Hashable, Sendable {
  let count: Int
  let group: Int
}
