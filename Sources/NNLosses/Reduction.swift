import NNCore
import NNGraph

/// What becomes of the losses of single elements.
public enum Reduction: String, Sendable, CaseIterable {
  /// They stay as they are.
  case none
  /// Their mean, weighted where the loss has weights for classes.
  case mean
  /// Their sum.
  case sum
  /// Their sum divided by the number of examples, the first axis.
  case batchMean = "batchmean"

  /// Reduces the losses of elements that weigh alike.
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
  /// `Loss.divisor(of:examples:)` where all elements weigh alike.
  func divisor(examples: Int) -> Double? { self == .sum ? nil : Double(examples) }
}

extension Loss {
  /// The losses of single elements, reduced, once output and target have one type and shape.
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

  /// Weights as a constant that broadcasts over the output; nil without weights.
  ///
  /// Poisoned where their number does not fit the extent of `axis`.
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
