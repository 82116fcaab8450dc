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
    var targets: Ports<HostTensor>
  }

  /// What determines the shapes of a batch.
  private struct Size: Hashable {
    let count: Int
    let group: Int
  }

  private let dataset: Dataset
  private let plan: BatchPlan
  /// The numbers of steps of each group's batches; nil when examples are not cut.
  private let extents: [LengthGroups.Extent]?
  private let dtype: DType
  /// The conversion of each input. Only the main one is normalised.
  private let inputCoefficients: [RowCoefficients]
  /// The conversion of each target. Only the main one is normalised.
  private let targetCoefficients: [RowCoefficients]
  /// Two of each size seen so far, used alternately by `turn`.
  private var buffers: [Size: [Buffers]] = [:]
  private var turn = 0
  private var batches: (epoch: Int, indices: [ArraySlice<Int>])?
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
    inputCoefficients = (0..<dataset.source.count).map { position in
      let source = dataset.source[position: position]
      return (position == 0 ? normalization : .identity).coefficients(
        of: Shape(Array(source.shape.dimensions.dropFirst())),
        inputScale: source.dtype == .uint8 ? 1.0 / 255 : 1)
    }
    targetCoefficients = dataset.targetTypes(dtype).all.enumerated().map { position, type in
      (position == 0 ? dataset.targetScale : .identity).coefficients(of: type.shape, inputScale: 1)
    }
  }

  /// Sets the batch that the thread prepares next.
  func request(_ position: BatchPosition) { requested = position }

  /// Prepares the requested batch; runs on the thread.
  func prepareRequested() {
    guard let position = requested else { return }
    requested = nil
    prepared = (position, assemble(position))
  }

  /// Returns a batch, which is assembled now if it has not been prepared.
  func take(_ position: BatchPosition) -> Batch {
    defer { prepared = nil }
    if let prepared, prepared.position == position { return prepared.batch }
    return assemble(position)
  }

  private func assemble(_ position: BatchPosition) -> Batch {
    if batches?.epoch != position.epoch {
      batches = (position.epoch, plan.batches(epoch: position.epoch))
    }
    let indices = (batches?.indices ?? [])[position.batch]
    turn = 1 - turn
    let size = Size(count: indices.count, group: indices.first.map(group) ?? 0)
    fill(&buffers[size, default: makeBuffers(size)][turn], from: indices)
    guard let filled = buffers[size]?[turn] else { preconditionFailure("just filled") }
    return Batch(
      input: filled.input, namedTargets: filled.targets, indices: indices, epoch: position.epoch,
      index: position.batch)
  }

  private func group(of index: Int) -> Int { plan.groups.isEmpty ? 0 : plan.groups[index] }

  private func makeBuffers(_ size: Size) -> [Buffers] {
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
        targets: dataset.targetTypes(dtype).map { name, type in
          let isMain = name == dataset.namedTargets.names[0]
          return zeros(
            type.shape, type.dtype,
            steps: isMain && dataset.targetsAreSteps ? extent?.decoderSteps : nil)
        })
    }
  }

  private func fill(_ buffers: inout Buffers, from indices: ArraySlice<Int>) {
    let sourceRows = indices.lazy.map(dataset.sourceRow)
    let source = dataset.source
    for position in 0..<source.count {
      gather(
        sourceRows, of: source[position: position], inputCoefficients[position],
        into: &buffers.input[position: position])
    }
    let targets = dataset.namedTargets
    for position in 0..<targets.count {
      gather(
        indices, of: targets[position: position], targetCoefficients[position],
        into: &buffers.targets[position: position])
    }
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
