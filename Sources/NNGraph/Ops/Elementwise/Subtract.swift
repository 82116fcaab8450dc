import NNKernels

/// a − b
struct Subtract: ElementwiseOp {
  static let name = "subtract"
  var opcode: nn_opcode { NN_SUBTRACT }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent, -context.cotangent]
  }
}

extension Value {
  /// The difference, element by element, with broadcasting.
  public static func - (left: Value, right: Value) -> Value { Subtract().apply(left, right) }
  /// The difference with a number.
  public static func - (left: Value, right: Double) -> Value { left - left.scalar(right) }
  /// The difference with a number.
  public static func - (left: Double, right: Value) -> Value { right.scalar(left) - right }
}
