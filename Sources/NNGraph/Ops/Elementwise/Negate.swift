import NNKernels

/// −a
struct Negate: ElementwiseOp {
  static let name = "negate"
  var opcode: nn_opcode { NN_NEGATE }

  func gradient(_ context: GradientContext) -> [Value?] { [-context.cotangent] }
}

extension Value {
  /// Each element with its sign changed.
  public static prefix func - (operand: Value) -> Value { Negate().apply(operand) }
}
