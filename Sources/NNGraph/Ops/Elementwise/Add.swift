import NNKernels

/// a + b
struct Add: ElementwiseOp {
  static let name = "add"
  var opcode: nn_opcode { NN_ADD }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent, context.cotangent]
  }
}

extension Value {
  /// The sum, element by element, with broadcasting.
  public static func + (left: Value, right: Value) -> Value { Add().apply(left, right) }
  /// The sum with a number.
  public static func + (left: Value, right: Double) -> Value { left + left.scalar(right) }
  /// The sum with a number.
  public static func + (left: Double, right: Value) -> Value { right.scalar(left) + right }

  /// A number as a constant of this value's type.
  func scalar(_ number: Double) -> Value { graph.constant(number, dtype: dtype) }
}
