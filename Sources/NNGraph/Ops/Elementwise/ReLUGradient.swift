import NNKernels

/// The cotangent a where relu's output b is positive, else 0.
struct ReLUGradient: ElementwiseOp {
  static let name = "reluGradient"
  var opcode: nn_opcode { NN_RELU_GRADIENT }

  func gradient(_ context: GradientContext) -> [Value?] {
    [ReLUGradient().apply(context.cotangent, context.inputs[1]), nil]
  }
}
