import NNKernels

/// a · b
struct Multiply: ElementwiseOp {
  static let name = "multiply"
  var opcode: nn_opcode { NN_MULTIPLY }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * context.inputs[1], context.cotangent * context.inputs[0]]
  }
}

extension Value {
  /// The product, element by element, with broadcasting.
  public static func * (left: Value, right: Value) -> Value { Multiply().apply(left, right) }
  /// The product with a number.
  public static func * (left: Value, right: Double) -> Value { left * left.scalar(right) }
  /// The product with a number.
  public static func * (left: Double, right: Value) -> Value { right.scalar(left) * right }
}
