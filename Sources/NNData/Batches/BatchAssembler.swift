import NNCore

/// The position of a batch in training.
struct BatchPosition: Hashable, Sendable {
  var epoch: Int
  var batch: Int
}

/// Gathers, converts and normalises the examples of batches into two alternating sets of buffers.
///
/// - Important: `@unchecked Sendable` is sound because the loader and its thread never use the
///   object at the same time: between `BackgroundThread.start()` and the end of `wait()` only the
///   thread uses it, else only the loader, and both calls take the same lock.
final class BatchAssembler: @unchecked Sendable {
  private struct Buffers {
    var input: Ports<HostTensor>
    var targets: BatchTargets
  }

  private let dataset: Dataset
  private let plan: BatchPlan
  /// The numbers of steps of each group's batches; nil when examples are not cut.
  private let extents: [LengthGroups.Extent]?
  private let dtype: DType
  /// The conversion of each input. Only the main one is normalised.
  private let inputCoefficients: [RowCoefficients]
  private let targets: TargetAssembler
  /// Changes the examples; nil for examples as they are.
  private let augmentation: AugmentationPlan?
  private let augmenter: ExampleAugmenter?
  /// The rows of the current batch that were read from files.
  private var staging = BatchStaging()
  private var readAhead: ReadAhead?
  /// Two of each size seen so far, used alternately by `turn`.
  private var buffers: [BatchSize: [Buffers]] = [:]
  private var turn = 0
  private var batches: (epoch: Int, indices: [ArraySlice<Int>])?
  private var requested: BatchPosition?
  private var prepared: (position: BatchPosition, result: Result<Batch, NNError>)?

  init(
    dataset: Dataset, plan: BatchPlan, extents: [LengthGroups.Extent]?, dtype: DType,
    normalization: Normalization, augmentation: AugmentationPlan? = nil
  ) {
    self.dataset = dataset
    self.plan = plan
    self.extents = extents
    self.dtype = dtype
    self.augmentation = augmentation
    let coefficients = (0..<dataset.source.count).map { position in
      let source = dataset.source[position: position]
      return (position == 0 ? normalization : .identity).coefficients(
        of: Shape(Array(source.shape.dimensions.dropFirst())),
        inputScale: source.dtype == .uint8 ? 1.0 / 255 : 1)
    }
    inputCoefficients = coefficients
    targets = TargetAssembler(dataset, dtype, classes: augmentation?.classes)
    readAhead = ReadAhead(dataset, plan)
    augmenter = augmentation.flatMap { plan in
      plan.examples.isEmpty ? nil : ExampleAugmenter(plan, dataset, coefficients[0])
    }
  }

  /// Sets the batch that the thread prepares next.
  func request(_ position: BatchPosition) { requested = position }

  /// Prepares the requested batch; runs on the thread.
  func prepareRequested() {
    guard let position = requested else { return }
    requested = nil
    do throws(NNError) {
      prepared = (position, .success(try assemble(position)))
    } catch {
      prepared = (position, .failure(error))
    }
  }

  /// Returns a batch, which is assembled now if it has not been prepared.
  ///
  /// - Throws: `NNError` if examples are in a file that cannot be read.
  func take(_ position: BatchPosition) throws(NNError) -> Batch {
    defer { prepared = nil }
    if let prepared, prepared.position == position { return try prepared.result.get() }
    return try assemble(position)
  }

  private func assemble(_ position: BatchPosition) throws(NNError) -> Batch {
    if batches?.epoch != position.epoch {
      batches = (position.epoch, plan.batches(epoch: position.epoch))
    }
    let all = batches?.indices ?? []
    let indices = all[position.batch]
    readAhead?.prepare(position, all)
    turn = 1 - turn
    let size = plan.size(of: indices)
    try fill(&buffers[size, default: makeBuffers(size)][turn], from: indices, position)
    guard let filled = buffers[size]?[turn] else { preconditionFailure("just filled") }
    return Batch(
      input: filled.input, examples: filled.targets, indices: indices, epoch: position.epoch,
      index: position.batch)
  }

  private func makeBuffers(_ size: BatchSize) -> [Buffers] {
    let types = dataset.exampleTypes(dtype)
    let extent = extents?[size.group]
    func zeros(_ shape: Shape, _ dtype: DType, steps: Int?) -> HostTensor {
      let example = steps.map { shape.replacing(axis: 0, with: $0) } ?? shape
      return HostTensor(zeros: Shape([size.count] + example.dimensions), dtype: dtype)
    }
    return (0..<2).map { _ in
      Buffers(
        input: types.map { name, type in
          let steps =
            switch name {
            case types.names[0]: extent?.steps
            case PortName.decoderInput: extent?.decoderSteps
            default: Int?.none
            }
          return zeros(type.shape, type.dtype, steps: steps)
        },
        targets: targets.buffers(count: size.count, steps: extent?.decoderSteps))
    }
  }

  private func fill(
    _ buffers: inout Buffers, from indices: ArraySlice<Int>, _ batch: BatchPosition
  ) throws(NNError) {
    let sourceRows = indices.lazy.map(dataset.sourceRow)
    let source = dataset.source
    for position in (augmenter == nil ? 0 : 1)..<source.count {
      let rows = try staging.rows(of: source[position: position], at: position, sourceRows)
      if rows.isBatch {
        buffers.input[position: position].gather(
          0..<indices.count, of: rows.tensor, inputCoefficients[position])
      } else {
        buffers.input[position: position].gather(
          sourceRows, of: rows.tensor, inputCoefficients[position])
      }
    }
    targets.fill(&buffers.targets, from: indices)
    if let augmenter {
      let rows = try staging.rows(of: source.values, at: 0, sourceRows)
      augmenter.fill(&buffers.input, from: indices, rows, epoch: batch.epoch)
    }
    augmentation?.mix(
      &buffers.input, &buffers.targets, epoch: batch.epoch, batch: batch.batch)
  }
}
