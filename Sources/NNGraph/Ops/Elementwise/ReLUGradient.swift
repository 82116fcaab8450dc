import NNKernels

/// The cotangent a where relu's output b is positive, else 0.
struct ReLUGradient: ElementwiseOp {
  static let name = "reluGradient"
  var opcode: nn_opcode { NN_RELU_GRADIENT }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent.reluGradient(output: context.inputs[1]), nil]
  }
}

extension Value {
  /// This cotangent of relu where relu's output is positive, else 0.
  package func reluGradient(output: Value) -> Value { ReLUGradient().apply(self, output) }
}
