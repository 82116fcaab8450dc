import NNKernels

/// a²
struct Square: ElementwiseOp {
  static let name = "square"
  var opcode: nn_opcode { NN_SQUARE }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * (context.inputs[0] * 2)]
  }
}

extension Value {
  /// Each element times itself.
  public func square() -> Value { Square().apply(self) }
}
