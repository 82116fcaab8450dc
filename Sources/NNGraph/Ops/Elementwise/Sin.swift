import NNKernels

/// sin a
struct Sin: ElementwiseOp {
  static let name = "sin"
  var opcode: nn_opcode { NN_SIN }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * context.inputs[0].cos()]
  }
}

extension Value {
  /// The sine of each element, in radians.
  public func sin() -> Value { Sin().apply(self) }
}
