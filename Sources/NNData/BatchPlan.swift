public import NNCore

/// Which rows stand in which batch of which epoch.
///
/// Any batch can be asked for without those before it, so that training resumes anywhere.
public struct BatchPlan: Sendable, Hashable {
  /// The number of rows of the data set.
  public let rowCount: Int
  /// The number of rows of a batch; the last one of an epoch may have fewer.
  public let batchSize: Int
  /// Whether every epoch has an order of its own; otherwise rows come as they are.
  public let shuffle: Bool
  /// Whether a last batch with fewer rows is left out.
  public let dropLast: Bool
  /// The run's seed, which decides the orders.
  public let seed: UInt64
  /// The group of each row; the rows of a batch are of one group. Empty where all are of one.
  let groups: [Int]
  /// The number of rows of each group.
  let groupCounts: [Int]

  /// Creates a plan.
  ///
  /// - Parameter groups: The group of each row, counted from 0, such as those of similar length;
  ///   the rows of a batch are of one group. Nil where all rows are of one.
  /// - Throws: `NNError` when the batch size is below 1 or above the number of rows.
  public init(
    rowCount: Int, batchSize: Int, shuffle: Bool = false, dropLast: Bool = false, seed: UInt64 = 0,
    groups: [Int]? = nil
  ) throws(NNError) {
    precondition(groups?.count ?? rowCount == rowCount, "each row has a group")
    guard batchSize >= 1 else {
      throw .invalid("batch_size must be at least 1, not \(batchSize)")
    }
    guard batchSize <= rowCount else {
      throw .invalid(
        "batch_size \(batchSize) is above the \(rowCount) rows of the data",
        hint: "use at most \(rowCount)")
    }
    self.rowCount = rowCount
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.seed = seed
    self.groups = groups ?? []
    var counts = [Int](repeating: 0, count: (groups?.max()).map { $0 + 1 } ?? 1)
    if let groups { for group in groups { counts[group] += 1 } } else { counts[0] = rowCount }
    groupCounts = counts
  }

  /// The number of batches of one epoch.
  public var batchesPerEpoch: Int {
    groupCounts.reduce(0) { $0 + (dropLast ? $1 / batchSize : ($1 + batchSize - 1) / batchSize) }
  }

  /// The rows of the smallest batch of an epoch; nil where there is no batch.
  public var smallestBatch: Int? {
    groupCounts.flatMap { count -> [Int] in
      let rest = count % batchSize
      return (count >= batchSize ? [batchSize] : []) + (rest > 0 && !dropLast ? [rest] : [])
    }.min()
  }

  /// The rows of each batch of an epoch, counted from 0.
  public func batches(epoch: Int) -> [ArraySlice<Int>] {
    let step = UInt32(truncatingIfNeeded: epoch)
    let rows =
      shuffle
      ? Philox(seed: seed, stream: RandomStream.order, step: step).permutation(rowCount)
      : Array(0..<rowCount)
    guard !groups.isEmpty else { return cut(rows) }
    var members = groupCounts.map { _ in [Int]() }
    for row in rows { members[groups[row]].append(row) }
    let batches = members.flatMap(cut)
    guard shuffle else { return batches }
    return Philox(seed: seed, stream: RandomStream.batchOrder, step: step)
      .permutation(batches.count).map { batches[$0] }
  }

  private func cut(_ rows: [Int]) -> [ArraySlice<Int>] {
    let end = dropLast ? rows.count / batchSize * batchSize : rows.count
    return stride(from: 0, to: end, by: batchSize).map { rows[$0..<min($0 + batchSize, end)] }
  }
}
