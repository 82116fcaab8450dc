import NNKernels

/// eᵃ
struct Exp: ElementwiseOp {
  static let name = "exp"
  var opcode: nn_opcode { NN_EXP }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * context.output]
  }
}

extension Value {
  /// e to the power of each element.
  public func exp() -> Value { Exp().apply(self) }
}
