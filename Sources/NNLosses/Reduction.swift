import NNCore
import NNGraph

/// How the element losses are combined.
public enum Reduction: String, Sendable, CaseIterable {
  /// No reduction.
  case none
  /// The mean, weighted if the loss has class weights.
  case mean
  /// The sum.
  case sum
  /// The sum divided by the number of examples, the first axis.
  case batchMean = "batchmean"

  /// Reduces element losses of equal weight.
  func callAsFunction(_ losses: Value) -> Value {
    guard !losses.isPoisoned else { return losses }
    switch self {
    case .none: return losses
    case .mean: return losses.mean()
    case .sum: return losses.sum()
    case .batchMean:
      return losses.sum() * (1 / Double(losses.shape.rank == 0 ? 1 : losses.shape[0]))
    }
  }
}

extension Reduction {
  /// `Loss.divisor(of:examples:)` for element losses of equal weight.
  func divisor(examples: Int) -> Double? { self == .sum ? nil : Double(examples) }
}

extension Loss {
  /// The reduced element losses, after checking that output and target have the same type and
  /// shape.
  func pointwise(
    _ output: Value, _ target: Value, _ reduction: Reduction,
    _ losses: (_ output: Value, _ target: Value) -> Value
  ) -> Value {
    guard !output.isPoisoned, !target.isPoisoned else { return output.isPoisoned ? output : target }
    guard target.shape == output.shape else {
      return output.graph.report(
        "loss \(name) takes a target of the output's shape \(output.shape), gets \(target.shape)",
        hint: output.shape.elementCount == target.shape.elementCount
          ? "reshape the target to \(output.shape)"
          : "change the last layer's size or the target's columns")
    }
    guard target.dtype == output.dtype else {
      return output.graph.report(
        "loss \(name) takes a target of the output's type \(output.dtype), gets \(target.dtype)",
        hint: "convert the target to \(output.dtype)")
    }
    return reduction(losses(output, target))
  }

  /// Class or element weights as a constant that broadcasts over the output; nil without weights.
  ///
  /// Poisoned if their number differs from the extent of `axis`.
  func constant(_ weights: [Double]?, like output: Value, axis: Int) -> Value? {
    guard let weights else { return nil }
    let rank = output.shape.rank
    let extent = rank == 0 ? 1 : output.shape[axis]
    guard weights.count == extent else {
      return output.graph.report(
        "loss \(name) takes \(extent) weights for an output \(output.shape), gets \(weights.count)")
    }
    let fromEnd = rank - (axis < 0 ? axis + rank : axis)
    let shape = Shape([weights.count] + [Int](repeating: 1, count: max(0, fromEnd - 1)))
    return output.graph.constant(
      HostTensor(doubles: weights, shape: rank == 0 ? [] : shape, dtype: output.dtype))
  }
}
