public import NNCore
public import NNGraph

/// The pinball loss max(q·d, (q − 1)·d) with d = target − output, whose minimum is the quantile q of
/// the target; its gradient at d = 0 is the mean of both sides, ½ − q.
///
/// Output element k·Q + i of an example is quantile i of the Q levels of its target k: for targets
/// [N, …, K] the network has outputs [N, …, K·Q].
///
/// Source: Koenker and Bassett, "Regression quantiles", 1978.
public struct Quantile: ReducedLoss {
  /// The levels, ascending, each above 0 and below 1.
  public let levels: [Double]
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss; by default of the median and the interval from 10 % to 90 %.
  public init(levels: [Double] = QuantileLevels.standard, reduction: Reduction = .mean) {
    self.levels = levels
    self.reduction = reduction
  }

  /// The name in config files: `quantile`.
  public var name: String { "quantile" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }
  /// Numbers.
  public var predictions: PredictionKind? { .numbers }
  /// The levels of the outputs.
  public var quantiles: QuantileLevels? { QuantileLevels(levels) }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    let (output, target) = (tensors[0], tensors[1])
    let graph = output.graph
    guard QuantileLevels(levels) != nil else {
      return ElementLosses(
        graph.report(
          "loss \(name) takes ascending levels above 0 and below 1, gets \(levels)"))
    }
    let count = levels.count
    let axis = target.shape.rank - 1
    guard axis >= 0 else {
      return ElementLosses(graph.report("loss \(name) takes targets [N, K], gets a scalar"))
    }
    let wide = target.shape.replacing(axis: axis, with: target.shape[axis] * count)
    guard output.shape == wide else {
      return ElementLosses(
        graph.report(
          "loss \(name) takes \(count) outputs for each target: \(wide) for targets "
            + "\(target.shape), gets \(output.shape)",
          hint: "end with a layer of \(wide[axis]) outputs"))
    }
    let parts = Shape(target.shape.dimensions + [count])
    let spread = target.reshaped(to: Shape(target.shape.dimensions + [1])).broadcast(to: parts)
    let tilts = graph.constant(
      HostTensor(doubles: levels.map { $0 - 0.5 }, shape: [count], dtype: output.dtype))
    return pointwise([output, spread.reshaped(to: wide)]) { output, target in
      let distance = target - output
      // |d|/2 + (q − ½)·d is max(q·d, (q − 1)·d).
      let tilted = (distance.reshaped(to: parts) * tilts).reshaped(to: wide)
      return distance.abs() * 0.5 + tilted
    }
  }
}
