import NNKernels

/// ln(1 + a)
struct Log1p: ElementwiseOp {
  static let name = "log1p"
  var opcode: nn_opcode { NN_LOG1P }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent / (context.inputs[0] + 1)]
  }
}

extension Value {
  /// The natural logarithm of 1 plus each element, exact near 0.
  public func log1p() -> Value { Log1p().apply(self) }
}
