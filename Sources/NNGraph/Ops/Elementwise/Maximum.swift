import NNKernels

/// max(a, b)
struct Maximum: ElementwiseOp {
  static let name = "maximum"
  var opcode: nn_opcode { NN_MAXIMUM }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (a, b) = (context.inputs[0], context.inputs[1])
    // 1 where a is larger, ½ where both are equal.
    let share = (a.isAtLeast(b) + a.isGreater(than: b)) * 0.5
    return [context.cotangent * share, context.cotangent * (1 - share)]
  }
}

extension Value {
  /// The larger of two elements, NaN if either is NaN; on ties, both share the gradient.
  public func maximum(_ other: Value) -> Value { Maximum().apply(self, other) }
  /// The larger of each element and a number.
  public func maximum(_ other: Double) -> Value { maximum(scalar(other)) }
}
