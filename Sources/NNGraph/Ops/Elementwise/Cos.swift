import NNKernels

/// cos a
struct Cos: ElementwiseOp {
  static let name = "cos"
  var opcode: nn_opcode { NN_COS }

  func gradient(_ context: GradientContext) -> [Value?] {
    [-(context.cotangent * context.inputs[0].sin())]
  }
}

extension Value {
  /// The cosine of each element, in radians.
  public func cos() -> Value { Cos().apply(self) }
}
