public import NNCore
public import NNGraph

/// (output − target)² (PyTorch's `MSELoss`).
public struct MeanSquaredError: Loss {
  /// What becomes of the losses of single elements.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// `mse`
  public var name: String { "mse" }
  /// Numbers.
  public var target: TargetKind { .numbers }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    pointwise(output, target, reduction) { ($0 - $1).square() }
  }
}
