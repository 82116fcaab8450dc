import NNCore
import NNGraph

/// How the losses of elements become one number.
///
/// Examples may have weights w: one of weight 2 counts like the same example twice, one of weight 0
/// like none. For the losses lᵢⱼ of the elements j of N examples i, whose shares sᵢⱼ are the class
/// weights of labels, 0 for ignored ones, and otherwise 1:
///
/// | reduction | without weights | with weights |
/// |---|---|---|
/// | `mean` | Σ lᵢⱼ / Σ sᵢⱼ | Σ wᵢ·lᵢⱼ / Σ wᵢ·sᵢⱼ |
/// | `sum` | Σ lᵢⱼ | Σ wᵢ·lᵢⱼ |
/// | `batchMean` | Σ lᵢⱼ / N | Σ wᵢ·lᵢⱼ / Σ wᵢ |
///
/// A mean over nothing, whose divisor is 0, is NaN, and its gradient 0.
public enum Reduction: String, Sendable, CaseIterable {
  /// No reduction.
  case none
  /// The mean, weighted if the loss has class weights.
  case mean
  /// The sum.
  case sum
  /// The sum divided by the number of examples, the first axis.
  case batchMean = "batchmean"

  /// Reduces the losses of elements.
  ///
  /// - Parameters:
  ///   - elements: The losses.
  ///   - weights: The weight of each example, [N]; nil: 1 each.
  ///   - loss: The loss's name, for errors.
  func callAsFunction(_ elements: ElementLosses, weights: Value?, of loss: String) -> Value {
    guard !elements.losses.isPoisoned else { return elements.losses }
    guard let weights else { return reduce(elements.losses, shares: elements.shares) }
    guard !weights.isPoisoned else { return weights }
    let (losses, count) = (elements.losses, weights.shape.elementCount)
    guard losses.shape.rank >= 1, losses.shape[0] == count else {
      return losses.graph.report(
        "the loss `\(loss)` has the shape \(losses.shape) for \(count) examples with weights",
        hint: "it must have one loss or several for each example, whose reduction weighs them: "
          + "see ReducedLoss, and the reduction of CustomLoss")
    }
    let ofRows = weights.reshaped(
      to: Shape([count] + [Int](repeating: 1, count: losses.shape.rank - 1)))
    let ofElements = ofRows.broadcast(to: losses.shape)
    // Not 0 · ∞ for an example that does not count.
    let isAbsent = ofElements.equals(losses.graph.constant(0, dtype: losses.dtype))
    let weighted = isAbsent.select(0, losses * ofElements)
    switch self {
    case .none, .sum: return reduce(weighted, shares: nil)
    case .mean:
      return mean(of: weighted, shares: elements.shares.map { $0 * ofRows } ?? ofElements)
    case .batchMean: return mean(of: weighted, shares: weights)
    }
  }

  private func reduce(_ losses: Value, shares: Value?) -> Value {
    switch self {
    case .none: return losses
    case .mean: return shares.map { mean(of: losses, shares: $0) } ?? losses.mean()
    case .sum: return losses.sum()
    case .batchMean:
      return losses.sum() * (1 / Double(losses.shape.rank == 0 ? 1 : losses.shape[0]))
    }
  }

  /// Σ losses / Σ shares.
  private func mean(of losses: Value, shares: Value) -> Value {
    let total = shares.sum()
    // If nothing counts, the mean is NaN, as in PyTorch, but its gradient is 0.
    let isEmpty = total.equals(total.graph.constant(0, dtype: total.dtype))
    return isEmpty.select(.nan, losses.sum() / isEmpty.select(1, total))
  }

  /// `Loss.divisor(of:examples:weights:)` for elements that count alike.
  func divisor(examples: Int, weights: HostTensor?) -> Double? {
    self == .sum ? nil : ExampleWeights(weights).total(samples: examples)
  }
}

extension Loss {
  /// The losses of elements, after checking that output and target have the same type and shape.
  ///
  /// - Parameter tensors: The output and the target.
  func pointwise(
    _ tensors: [Value], _ losses: (_ output: Value, _ target: Value) -> Value
  ) -> ElementLosses {
    let (output, target) = (tensors[0], tensors[1])
    guard target.shape == output.shape else {
      return ElementLosses(
        output.graph.report(
          "loss \(name) takes a target of the output's shape \(output.shape), gets \(target.shape)",
          hint: output.shape.elementCount == target.shape.elementCount
            ? "reshape the target to \(output.shape)"
            : "change the last layer's size or the target's columns"))
    }
    guard target.dtype == output.dtype else {
      return ElementLosses(
        output.graph.report(
          "loss \(name) takes a target of the output's type \(output.dtype), gets \(target.dtype)",
          hint: "convert the target to \(output.dtype)"))
    }
    return ElementLosses(losses(output, target))
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
