import NNCore

/// A moment of training.
struct BatchPosition: Hashable, Sendable {
  var epoch: Int
  var batch: Int
}

/// Gathers, converts and normalises the rows of batches into buffers that take turns.
///
/// - Important: `@unchecked Sendable` is sound because the loader and its thread hand the object to
///   each other: between `BackgroundThread.start()` and the end of `wait()` only the thread uses it,
///   else only the loader, and both calls take the same lock.
final class BatchAssembler: @unchecked Sendable {
  private struct Buffers {
    var input: NetworkInput<HostTensor>
    var targets: HostTensor
  }

  /// What decides how large a batch is.
  private struct Size: Hashable {
    let rows: Int
    let group: Int
  }

  private let dataset: Dataset
  private let plan: BatchPlan
  /// How far batches of each group of rows reach; nil for whole rows.
  private let extents: [LengthGroups.Extent]?
  private let dtype: DType
  private let inputCoefficients: RowCoefficients
  private let targetCoefficients: RowCoefficients
  /// Two of each size that has come, in turn by `turn`.
  private var buffers: [Size: [Buffers]] = [:]
  private var turn = 0
  private var batches: (epoch: Int, rows: [ArraySlice<Int>])?
  private var requested: BatchPosition?
  private var prepared: (position: BatchPosition, batch: Batch)?

  init(
    dataset: Dataset, plan: BatchPlan, extents: [LengthGroups.Extent]?, dtype: DType,
    normalization: Normalization
  ) {
    self.dataset = dataset
    self.plan = plan
    self.extents = extents
    self.dtype = dtype
    inputCoefficients = normalization.coefficients(
      of: dataset.inputShape, inputScale: dataset.inputScale)
    targetCoefficients = dataset.targetScale.coefficients(
      of: dataset.targetShape, inputScale: 1)
  }

  /// Says which batch the thread shall prepare.
  func request(_ position: BatchPosition) { requested = position }

  /// Prepares the batch that was asked for; runs on the thread.
  func prepareRequested() {
    guard let position = requested else { return }
    requested = nil
    prepared = (position, assemble(position))
  }

  /// Gives a batch, prepared or not.
  func take(_ position: BatchPosition) -> Batch {
    defer { prepared = nil }
    if let prepared, prepared.position == position { return prepared.batch }
    return assemble(position)
  }

  private func assemble(_ position: BatchPosition) -> Batch {
    if batches?.epoch != position.epoch {
      batches = (position.epoch, plan.batches(epoch: position.epoch))
    }
    let rows = (batches?.rows ?? [])[position.batch]
    turn = 1 - turn
    let size = Size(rows: rows.count, group: rows.first.map(group) ?? 0)
    fill(&buffers[size, default: makeBuffers(size)][turn], from: rows)
    guard let filled = buffers[size]?[turn] else { preconditionFailure("just filled") }
    return Batch(
      input: filled.input, targets: filled.targets, rows: rows, epoch: position.epoch,
      index: position.batch)
  }

  private func group(of row: Int) -> Int { plan.groups.isEmpty ? 0 : plan.groups[row] }

  private func makeBuffers(_ size: Size) -> [Buffers] {
    let types = dataset.rowTypes(dtype)
    let extent = extents?[size.group]
    func zeros(_ shape: Shape, _ dtype: DType, steps: Int?) -> HostTensor {
      let row = steps.map { shape.replacing(axis: 0, with: $0) } ?? shape
      return HostTensor(zeros: Shape([size.rows] + row.dimensions), dtype: dtype)
    }
    return (0..<2).map { _ in
      Buffers(
        input: NetworkInput(
          zeros(types.rows.shape, types.rows.dtype, steps: extent?.rows),
          lengths: types.lengths.map { zeros($0.shape, $0.dtype, steps: nil) },
          decoderRows: types.decoderRows.map {
            zeros($0.shape, $0.dtype, steps: extent?.decoderRows)
          }),
        targets: zeros(
          dataset.targetShape, dataset.hasLabels ? .int32 : dtype,
          steps: dataset.targetsAreSteps ? extent?.decoderRows : nil))
    }
  }

  private func fill(_ buffers: inout Buffers, from rows: ArraySlice<Int>) {
    let sourceRows = rows.lazy.map(dataset.sourceRow)
    let source = dataset.source
    gather(sourceRows, of: source.rows, inputCoefficients, into: &buffers.input.rows)
    copy(sourceRows, of: source.lengths, into: &buffers.input.lengths)
    copy(sourceRows, of: source.decoderRows, into: &buffers.input.decoderRows)
    gather(rows, of: dataset.targets, targetCoefficients, into: &buffers.targets)
  }

  private func gather(
    _ rows: some Collection<Int>, of source: HostTensor, _ coefficients: RowCoefficients,
    into target: inout HostTensor
  ) {
    let isCopy = source.dtype == target.dtype && coefficients.isIdentity
    switch target.dtype {
    case .float32 where !isCopy: convert(rows, of: source, coefficients, Float.self, &target)
    case .float64 where !isCopy: convert(rows, of: source, coefficients, Double.self, &target)
    default: target.copyRows(rows, of: source)
    }
  }

  private func copy(
    _ rows: some Collection<Int>, of source: HostTensor?, into target: inout HostTensor?
  ) {
    // Out of its place first: memory that two hold would have to be copied.
    guard let source, var taken = target.take() else { return }
    taken.copyRows(rows, of: source)
    target = taken
  }

  private func convert<Target: TensorScalar & BinaryFloatingPoint>(
    _ rows: some Collection<Int>, of source: HostTensor, _ coefficients: RowCoefficients,
    _ type: Target.Type, _ target: inout HostTensor
  ) {
    let dtype = source.dtype
    source.withBytes { source in
      target.withMutableScalars(as: Target.self) { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        coefficients.copy(rows: rows, from: source, dtype: dtype, into: target)
      }
    }
  }
}
