import NNKernels

/// eᵃ − 1
struct Expm1: ElementwiseOp {
  static let name = "expm1"
  var opcode: nn_opcode { NN_EXPM1 }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * (context.output + 1)]
  }
}

extension Value {
  /// e to the power of each element, minus 1, exact near 0.
  public func expm1() -> Value { Expm1().apply(self) }
}
