import NNKernels

/// √a
struct Sqrt: ElementwiseOp {
  static let name = "sqrt"
  var opcode: nn_opcode { NN_SQRT }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent / (context.output * 2)]
  }
}

extension Value {
  /// The square root of each element; NaN for negative ones.
  public func sqrt() -> Value { Sqrt().apply(self) }
}
