public import NNCore

/// A batch of examples, ready for a training step.
public struct Batch: Sendable {
  /// The network's input: numbers [B, …] in the run's type, normalised, or tokens int32 [B, T],
  /// with lengths and the decoder's tokens where there are any.
  public let input: Ports<HostTensor>
  /// The targets, and what the examples count in losses.
  public let examples: BatchTargets
  /// The indices of the examples in the data set.
  public let indices: ArraySlice<Int>
  /// The epoch, counted from 0.
  public let epoch: Int
  /// The number of the batch in its epoch, counted from 0.
  public let index: Int

  /// The targets by name: int32 labels [B, …] or numbers [B, K] in the run's type.
  public var namedTargets: Ports<HostTensor> { examples.named }
  /// The weight of each example, [B] in the run's type; nil where all count alike.
  public var weights: HostTensor? { examples.weights }
  /// The main target.
  public var targets: HostTensor { namedTargets.values }
  /// The inputs [B, …] without lengths and the decoder's tokens.
  public var inputs: HostTensor { input.values }
  /// The number of examples, B.
  public var count: Int { indices.count }

  /// The same batch with another input.
  package func replacing(input: Ports<HostTensor>) -> Batch {
    Batch(input: input, examples: examples, indices: indices, epoch: epoch, index: index)
  }
}

/// Returns the batches of a data set one after another, and prepares the next one on another thread
/// while the current one is in use.
///
/// Examples that are in files are read by the thread that prepares their batch.
///
/// Batches are the same with and without that thread. Two sets of buffers alternate: once both have
/// been used nothing is allocated, as long as each batch is released before the next one is
/// requested; a batch that is kept longer stays valid and costs a copy. One thread at a time may
/// use a loader.
public final class BatchLoader {
  /// The count of numbers or examples above which preparing a batch takes longer than waking a
  /// thread.
  private static let worthwhileCount = 4096

  /// The assignment of examples to batches.
  public let plan: BatchPlan
  private let assembler: BatchAssembler
  private let thread: BackgroundThread?
  private let makeReader: () -> TargetReader
  private var position = BatchPosition(epoch: 0, batch: 0)

  /// Creates a loader at the first batch of epoch 0.
  ///
  /// - Parameters:
  ///   - dataset: The examples.
  ///   - plan: The assignment of examples to batches.
  ///   - dtype: The run's type, float32 or float64.
  ///   - normalization: The normalisation fitted to the training data.
  ///   - prefetch: Whether another thread prepares the next batch.
  /// - Throws: `NNError` when the normalisation has another number of channels than the data.
  public convenience init(
    dataset: Dataset, plan: BatchPlan, dtype: DType = .float32,
    normalization: Normalization = .identity, prefetch: Bool = true
  ) throws(NNError) {
    try self.init(
      dataset: dataset, plan: plan, groups: nil, dtype: dtype, normalization: normalization,
      augmentation: nil, prefetch: prefetch)
  }

  private init(
    dataset: Dataset, plan: BatchPlan, groups: LengthGroups?, dtype: DType,
    normalization: Normalization, augmentation: AugmentationPlan?, prefetch: Bool
  ) throws(NNError) {
    precondition(dtype.isFloatingPoint, "batches are float32 or float64, not \(dtype)")
    precondition(plan.exampleCount == dataset.count, "the plan is for another data set")
    try normalization.requireChannels(of: dataset.inputShape, at: dataset.name)
    self.plan = plan
    let assembler = BatchAssembler(
      dataset: dataset, plan: plan, extents: groups?.extents, dtype: dtype,
      normalization: normalization, augmentation: augmentation)
    self.assembler = assembler
    makeReader = {
      TargetReader(dataset, plan: plan, extents: groups?.extents, dtype: dtype)
    }
    thread = prefetch ? BackgroundThread { assembler.prepareRequested() } : nil
  }

  /// Creates a loader together with its plan. Token sequences with lengths are bucketed by length;
  /// a batch is padded to the longest sequence of its bucket.
  ///
  /// - Parameters:
  ///   - augmentation: How examples are changed, made for this data set; nil (default) for examples as
  ///     they are. The targets that ``targetReader()`` reads are those before mixing.
  ///   - drawWeights: The weights with which examples are drawn with replacement, see `BatchPlan`;
  ///     sequences are not bucketed then. Nil (default): each example once per epoch.
  ///   - shuffleWindow: The number of examples that are shuffled together, see `BatchPlan`; sequences
  ///     are not bucketed then. Nil (default) for all.
  /// - Throws: `NNError` when the batch size exceeds the number of examples or is below 1, or the
  ///   normalisation has another number of channels.
  public convenience init(
    dataset: Dataset, batchSize: Int, shuffle: Bool = false, dropLast: Bool = false,
    seed: UInt64 = 0, dtype: DType = .float32, normalization: Normalization = .identity,
    augmentation: AugmentationPlan? = nil, prefetch: Bool = true, drawWeights: [Double]? = nil,
    shuffleWindow: Int? = nil
  ) throws(NNError) {
    let plan: BatchPlan
    let groups =
      drawWeights == nil && shuffleWindow == nil
      ? LengthGroups(dataset, batchSize: max(1, batchSize)) : nil
    do throws(NNError) {
      plan = try BatchPlan(
        exampleCount: dataset.count, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast,
        seed: seed, groups: groups?.ofExample, drawWeights: drawWeights,
        shuffleWindow: shuffleWindow)
    } catch { throw error.at(dataset.name) }
    try self.init(
      dataset: dataset, plan: plan, groups: groups, dtype: dtype, normalization: normalization,
      augmentation: augmentation, prefetch: prefetch)
  }

  /// Whether preparing batches of a data set takes long enough for another thread to pay off.
  ///
  /// The work is converting the numbers of a batch and ordering the examples of an epoch, and reading
  /// files.
  public static func benefitsFromPrefetch(_ dataset: Dataset, batchSize: Int) -> Bool {
    if dataset.isInFile { return true }
    let exampleSize = dataset.inputShape.elementCount + dataset.targetShape.elementCount
    return max(min(batchSize, dataset.count) * exampleSize, dataset.count) >= worthwhileCount
  }

  /// Makes a reader of the targets of this loader's batches, which it may read ahead of them.
  public func targetReader() -> TargetReader { makeReader() }

  /// Moves to a batch of an epoch, which `next()` returns.
  public func seek(epoch: Int, batch: Int = 0) {
    precondition(
      epoch >= 0 && (0...plan.batchesPerEpoch).contains(batch),
      "no batch \(batch) of epoch \(epoch)")
    position = BatchPosition(epoch: epoch, batch: batch)
  }

  /// The next batch; nil once at the end of each epoch, after which the next epoch begins.
  ///
  /// - Throws: `NNError` if examples are in a file that cannot be read, has been cut or was overwritten;
  ///   never for examples in memory.
  public func next() throws(NNError) -> Batch? {
    guard position.batch < plan.batchesPerEpoch else {
      position = BatchPosition(epoch: position.epoch + 1, batch: 0)
      return nil
    }
    thread?.wait()
    let batch = try assembler.take(position)
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
