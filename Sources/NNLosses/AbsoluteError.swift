public import NNCore
public import NNGraph

/// |output − target| (PyTorch's `L1Loss`); the gradient at 0 is 0.
public struct AbsoluteError: Loss {
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// The name in config files: `l1`.
  public var name: String { "l1" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss to the graph.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    pointwise(output, target, reduction) { ($0 - $1).abs() }
  }
}
