import NNCore

/// Reads the targets of a loader's batches ahead of the batches themselves.
///
/// Nothing is allocated once there is a buffer of each size, as long as a result is released before
/// the next call.
public final class TargetReader {
  private let plan: BatchPlan
  private let assembler: TargetAssembler
  private let extents: [LengthGroups.Extent]?
  private var batches: (epoch: Int, indices: [ArraySlice<Int>])?
  private var buffers: [BatchSize: BatchTargets] = [:]

  init(_ dataset: Dataset, plan: BatchPlan, extents: [LengthGroups.Extent]?, dtype: DType) {
    self.plan = plan
    self.extents = extents
    assembler = TargetAssembler(dataset, dtype)
  }

  /// The targets of a batch of an epoch, both counted from 0.
  public func targets(epoch: Int, batch: Int) -> BatchTargets {
    if batches?.epoch != epoch { batches = (epoch, plan.batches(epoch: epoch)) }
    let indices = (batches?.indices ?? [])[batch]
    let size = plan.size(of: indices)
    let steps = extents?[size.group].decoderSteps
    assembler.fill(
      &buffers[size, default: assembler.buffers(count: size.count, steps: steps)], from: indices)
    guard let filled = buffers[size] else { preconditionFailure("just filled") }
    return filled
  }
}
