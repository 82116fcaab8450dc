public import NNCore
public import NNGraph

/// (output − target)² (PyTorch's `MSELoss`).
public struct MeanSquaredError: Loss {
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// The name in config files: `mse`.
  public var name: String { "mse" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss to the graph.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    pointwise(output, target, reduction) { ($0 - $1).square() }
  }
}
