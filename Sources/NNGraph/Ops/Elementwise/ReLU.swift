import NNKernels

/// max(a, 0)
struct ReLU: ElementwiseOp {
  static let name = "relu"
  var opcode: nn_opcode { NN_RELU }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent.reluGradient(output: context.output)]
  }
}

extension Value {
  /// max(x, 0) of each element; its gradient at 0 is 0, and NaN stays NaN.
  public func relu() -> Value { ReLU().apply(self) }
}
