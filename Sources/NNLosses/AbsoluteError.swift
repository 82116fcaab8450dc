public import NNCore
public import NNGraph

/// |output − target| (PyTorch's `L1Loss`); the gradient at 0 is 0.
public struct AbsoluteError: Loss {
  /// What becomes of the losses of single elements.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// `l1`
  public var name: String { "l1" }
  /// Numbers.
  public var target: TargetKind { .numbers }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    pointwise(output, target, reduction) { ($0 - $1).abs() }
  }
}
