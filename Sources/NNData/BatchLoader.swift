public import NNCore

/// A few rows, ready for a training step.
public struct Batch: Sendable {
  /// What the network reads: rows [B, …] in the run's type, normalised, or tokens int32 [B, T], and
  /// what belongs to them.
  public let input: NetworkInput<HostTensor>
  /// The targets: int32 labels [B, …] or numbers [B, K] in the run's type.
  public let targets: HostTensor
  /// The rows of the data set that these are.
  public let rows: ArraySlice<Int>
  /// The epoch, counted from 0.
  public let epoch: Int
  /// The number of the batch in its epoch, counted from 0.
  public let index: Int

  /// The rows alone.
  public var inputs: HostTensor { input.rows }
  /// The number of rows.
  public var count: Int { rows.count }
}

/// Gives the batches of a data set one after the other, and prepares the next one on another thread
/// while the current one is in use.
///
/// Batches are the same with and without that thread. Two sets of buffers take turns: once both have
/// been used nothing is allocated, as long as each batch is let go before the one after it is asked
/// for; a batch that is kept longer stays valid and costs a copy. One thread at a time may use a
/// loader.
public final class BatchLoader {
  /// Numbers or rows from which on a batch takes longer than it takes to wake a thread.
  private static let worthwhileCount = 4096

  /// Which rows stand in which batch.
  public let plan: BatchPlan
  private let assembler: BatchAssembler
  private let thread: BackgroundThread?
  private var position = BatchPosition(epoch: 0, batch: 0)

  /// Creates a loader that stands before the first batch of epoch 0.
  ///
  /// - Parameters:
  ///   - dataset: The rows.
  ///   - plan: Which rows stand in which batch.
  ///   - dtype: The run's type, float32 or float64.
  ///   - normalization: The scale fitted to the training data.
  ///   - prefetch: Whether another thread prepares the next batch.
  /// - Throws: `NNError` when the normalisation has other channels than the data.
  public convenience init(
    dataset: Dataset, plan: BatchPlan, dtype: DType = .float32,
    normalization: Normalization = .identity, prefetch: Bool = true
  ) throws(NNError) {
    try self.init(
      dataset: dataset, plan: plan, groups: nil, dtype: dtype, normalization: normalization,
      prefetch: prefetch)
  }

  private init(
    dataset: Dataset, plan: BatchPlan, groups: LengthGroups?, dtype: DType,
    normalization: Normalization, prefetch: Bool
  ) throws(NNError) {
    precondition(dtype.isFloatingPoint, "batches are float32 or float64, not \(dtype)")
    precondition(plan.rowCount == dataset.count, "the plan is for another data set")
    try normalization.requireChannels(of: dataset.inputShape, at: dataset.name)
    self.plan = plan
    let assembler = BatchAssembler(
      dataset: dataset, plan: plan, extents: groups?.extents, dtype: dtype,
      normalization: normalization)
    self.assembler = assembler
    thread = prefetch ? BackgroundThread { assembler.prepareRequested() } : nil
  }

  /// Creates a loader together with its plan. Tokens with lengths come in batches of similar length,
  /// as long as need be.
  ///
  /// - Throws: `NNError` when the batch size does not fit the data or the normalisation has other
  ///   channels.
  public convenience init(
    dataset: Dataset, batchSize: Int, shuffle: Bool = false, dropLast: Bool = false,
    seed: UInt64 = 0, dtype: DType = .float32, normalization: Normalization = .identity,
    prefetch: Bool = true
  ) throws(NNError) {
    let plan: BatchPlan
    let groups = LengthGroups(dataset, batchSize: max(1, batchSize))
    do throws(NNError) {
      plan = try BatchPlan(
        rowCount: dataset.count, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast,
        seed: seed, groups: groups?.ofRow)
    } catch { throw error.at(dataset.name) }
    try self.init(
      dataset: dataset, plan: plan, groups: groups, dtype: dtype, normalization: normalization,
      prefetch: prefetch)
  }

  /// Whether it takes long enough to prepare batches of a data set that another thread should.
  ///
  /// The numbers of a batch must be converted, and the rows of an epoch put in order.
  public static func benefitsFromPrefetch(_ dataset: Dataset, batchSize: Int) -> Bool {
    let rowCount = dataset.inputShape.elementCount + dataset.targetShape.elementCount
    return max(min(batchSize, dataset.count) * rowCount, dataset.count) >= worthwhileCount
  }

  /// Goes to a batch of an epoch; `next()` gives it.
  public func seek(epoch: Int, batch: Int = 0) {
    precondition(
      epoch >= 0 && (0...plan.batchesPerEpoch).contains(batch),
      "no batch \(batch) of epoch \(epoch)")
    position = BatchPosition(epoch: epoch, batch: batch)
  }

  /// The next batch, or nil once at the end of each epoch; after that the next epoch begins.
  public func next() -> Batch? {
    guard position.batch < plan.batchesPerEpoch else {
      position = BatchPosition(epoch: position.epoch + 1, batch: 0)
      return nil
    }
    thread?.wait()
    let batch = assembler.take(position)
    position.batch += 1
    if let thread {
      assembler.request(
        position.batch < plan.batchesPerEpoch
          ? position : BatchPosition(epoch: position.epoch + 1, batch: 0))
      thread.start()
    }
    return batch
  }
}
