public import NNCore
public import NNGraph

/// |output − target| (PyTorch's `L1Loss`); the gradient at 0 is 0.
public struct AbsoluteError: ReducedLoss {
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// The name in config files: `l1`.
  public var name: String { "l1" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }
  /// Numbers.
  public var predictions: PredictionKind? { .numbers }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    pointwise(tensors) { ($0 - $1).abs() }
  }
}
