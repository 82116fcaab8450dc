import NNKernels

/// a = b, as 1 or 0 of the operands' type.
struct Equal: ElementwiseOp {
  static let name = "equal"
  var opcode: nn_opcode { NN_EQUAL }

  func gradient(_ context: GradientContext) -> [Value?] { [nil, nil] }
}

/// a > b, as 1 or 0 of the operands' type.
struct Greater: ElementwiseOp {
  static let name = "greater"
  var opcode: nn_opcode { NN_GREATER }

  func gradient(_ context: GradientContext) -> [Value?] { [nil, nil] }
}

/// a ≥ b, as 1 or 0 of the operands' type.
struct GreaterEqual: ElementwiseOp {
  static let name = "greaterEqual"
  var opcode: nn_opcode { NN_GREATER_EQUAL }

  func gradient(_ context: GradientContext) -> [Value?] { [nil, nil] }
}

extension Value {
  /// 1 where the elements are equal, else 0; has no gradient.
  public func equals(_ other: Value) -> Value { Equal().apply(self, other) }
  /// 1 where this element is greater, else 0; has no gradient.
  public func isGreater(than other: Value) -> Value { Greater().apply(self, other) }
  /// 1 where this element is greater or equal, else 0; has no gradient.
  public func isAtLeast(_ other: Value) -> Value { GreaterEqual().apply(self, other) }
}
