import NNKernels

/// a / b
struct Divide: ElementwiseOp {
  static let name = "divide"
  var opcode: nn_opcode { NN_DIVIDE }

  func gradient(_ context: GradientContext) -> [Value?] {
    let scaled = context.cotangent / context.inputs[1]
    return [scaled, -(scaled * context.output)]
  }
}

extension Value {
  /// The quotient, element by element, with broadcasting.
  public static func / (left: Value, right: Value) -> Value { Divide().apply(left, right) }
  /// The quotient with a number.
  public static func / (left: Value, right: Double) -> Value { left / left.scalar(right) }
  /// The quotient with a number.
  public static func / (left: Double, right: Value) -> Value { right.scalar(left) / right }
}
