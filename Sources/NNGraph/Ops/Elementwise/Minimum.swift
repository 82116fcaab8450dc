import NNKernels

/// min(a, b)
struct Minimum: ElementwiseOp {
  static let name = "minimum"
  var opcode: nn_opcode { NN_MINIMUM }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (a, b) = (context.inputs[0], context.inputs[1])
    // 1 where a is smaller, ½ where both are equal.
    let share = (b.isAtLeast(a) + b.isGreater(than: a)) * 0.5
    return [context.cotangent * share, context.cotangent * (1 - share)]
  }
}

extension Value {
  /// The smaller of two elements, NaN if either is NaN; on ties, both share the gradient.
  public func minimum(_ other: Value) -> Value { Minimum().apply(self, other) }
  /// The smaller of each element and a number.
  public func minimum(_ other: Double) -> Value { minimum(scalar(other)) }
}
