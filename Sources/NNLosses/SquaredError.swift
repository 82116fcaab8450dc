public import NNCore
public import NNGraph

/// ½·(output − target)²: the error of the classical delta rule, whose derivative is the plain
/// difference.
public struct SquaredError: Loss {
  /// What becomes of the losses of single elements.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// `squared_error`
  public var name: String { "squared_error" }
  /// Numbers.
  public var target: TargetKind { .numbers }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    pointwise(output, target, reduction) { ($0 - $1).square() * 0.5 }
  }
}
