public import NNGraph

/// (output − target)² (PyTorch's `MSELoss`).
public struct MeanSquaredError: ReducedLoss {
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// The name in config files: `mse`.
  public var name: String { "mse" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    pointwise(tensors) { ($0 - $1).square() }
  }
}
