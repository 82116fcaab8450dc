import NNKernels

/// tanh a
struct Tanh: ElementwiseOp {
  static let name = "tanh"
  var opcode: nn_opcode { NN_TANH }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * (1 - context.output.square())]
  }
}

extension Value {
  /// The hyperbolic tangent of each element; its derivative is 1 − tanh².
  public func tanh() -> Value { Tanh().apply(self) }
}
