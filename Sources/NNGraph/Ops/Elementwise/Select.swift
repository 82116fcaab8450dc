import NNKernels

/// b where a ≠ 0, else c
struct Select: ElementwiseOp {
  static let name = "select"
  var opcode: nn_opcode { NN_SELECT }

  func gradient(_ context: GradientContext) -> [Value?] {
    let mask = context.inputs[0]
    let zero = mask.scalar(0)
    return [nil, mask.select(context.cotangent, zero), mask.select(zero, context.cotangent)]
  }
}

extension Value {
  /// `chosen` where this mask is not 0, else `other` (PyTorch's `where`).
  ///
  /// Elements that are not selected have gradient 0, but their own derivatives must be finite
  /// there: 0 · ∞ is NaN.
  public func select(_ chosen: Value, _ other: Value) -> Value {
    Select().apply(self, chosen, other)
  }
  /// `chosen` where this mask is not 0, else a number.
  public func select(_ chosen: Value, _ other: Double) -> Value {
    select(chosen, chosen.scalar(other))
  }
  /// A number where this mask is not 0, else `other`.
  public func select(_ chosen: Double, _ other: Value) -> Value {
    select(other.scalar(chosen), other)
  }
}
