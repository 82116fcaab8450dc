public import NNGraph

/// ½·(output − target)²: the error of the classical delta rule, whose derivative is
/// output − target.
public struct SquaredError: ReducedLoss {
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// The name in config files: `squared_error`.
  public var name: String { "squared_error" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    pointwise(tensors) { ($0 - $1).square() * 0.5 }
  }
}
