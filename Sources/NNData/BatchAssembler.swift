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
    var inputs: HostTensor
    var targets: HostTensor
  }

  private let dataset: Dataset
  private let plan: BatchPlan
  private let dtype: DType
  private let inputCoefficients: RowCoefficients
  private let targetCoefficients: RowCoefficients
  /// Two for whole batches and two for the smaller last one, in turn by `turn`.
  private var whole: [Buffers]
  private var partial: [Buffers]
  private var turn = 0
  private var order: (epoch: Int, rows: [Int])?
  private var requested: BatchPosition?
  private var prepared: (position: BatchPosition, batch: Batch)?

  init(dataset: Dataset, plan: BatchPlan, dtype: DType, normalization: Normalization) {
    self.dataset = dataset
    self.plan = plan
    self.dtype = dtype
    inputCoefficients = normalization.coefficients(
      of: dataset.inputShape, inputScale: dataset.inputScale)
    targetCoefficients = Normalization.identity.coefficients(
      of: dataset.targetShape, inputScale: 1)
    func buffers(_ count: Int) -> [Buffers] {
      (0..<2).map { _ in
        Buffers(
          inputs: HostTensor(
            zeros: dataset.sourceInputs.shape.replacing(axis: 0, with: count), dtype: dtype),
          targets: HostTensor(
            zeros: dataset.targets.shape.replacing(axis: 0, with: count),
            dtype: dataset.hasLabels ? .int32 : dtype))
      }
    }
    whole = buffers(plan.batchSize)
    partial = plan.remainder == 0 ? [] : buffers(plan.remainder)
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
    if order?.epoch != position.epoch {
      order = (position.epoch, plan.order(epoch: position.epoch))
    }
    let rows = (order?.rows ?? [])[plan.range(batch: position.batch)]
    turn = 1 - turn
    let buffers: Buffers
    if rows.count == plan.batchSize {
      fill(&whole[turn], from: rows)
      buffers = whole[turn]
    } else {
      fill(&partial[turn], from: rows)
      buffers = partial[turn]
    }
    return Batch(
      inputs: buffers.inputs, targets: buffers.targets, rows: rows, epoch: position.epoch,
      index: position.batch)
  }

  private func fill(_ buffers: inout Buffers, from rows: ArraySlice<Int>) {
    gather(
      rows.lazy.map(dataset.sourceRow), of: dataset.sourceInputs, inputCoefficients,
      into: &buffers.inputs)
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
    default:
      let rowBytes = source.byteCount / source.shape[0]
      source.withBytes { source in
        target.withMutableBytes { target in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          for (place, row) in rows.enumerated() {
            (target + place * rowBytes)
              .copyMemory(from: source + row * rowBytes, byteCount: rowBytes)
          }
        }
      }
    }
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
