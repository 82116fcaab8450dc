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

  /// Creates a plan.
  ///
  /// - Throws: `NNError` when the batch size is below 1 or above the number of rows.
  public init(
    rowCount: Int, batchSize: Int, shuffle: Bool = false, dropLast: Bool = false, seed: UInt64 = 0
  ) throws(NNError) {
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
  }

  /// The number of batches of one epoch.
  public var batchesPerEpoch: Int {
    dropLast ? rowCount / batchSize : (rowCount + batchSize - 1) / batchSize
  }

  /// The rows of the last batch where it is smaller than the others, else 0.
  public var remainder: Int { dropLast ? 0 : rowCount % batchSize }

  /// The order of all rows in an epoch, counted from 0.
  public func order(epoch: Int) -> [Int] {
    guard shuffle else { return Array(0..<rowCount) }
    return Philox(seed: seed, stream: RandomStream.order, step: UInt32(truncatingIfNeeded: epoch))
      .permutation(rowCount)
  }

  /// The places in an epoch's order that a batch takes, counted from 0.
  public func range(batch: Int) -> Range<Int> {
    batch * batchSize..<min((batch + 1) * batchSize, rowCount)
  }
}
