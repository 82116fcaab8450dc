import NNKernels

/// |a|
struct Abs: ElementwiseOp {
  static let name = "abs"
  var opcode: nn_opcode { NN_ABS }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * context.inputs[0].sign()]
  }
}

extension Value {
  /// The absolute value of each element; its gradient at 0 is 0.
  public func abs() -> Value { Abs().apply(self) }
}
