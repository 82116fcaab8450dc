import NNKernels

/// aᵇ, with the special cases of C's `pow`
struct Power: ElementwiseOp {
  static let name = "power"
  var opcode: nn_opcode { NN_POWER }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (base, exponent) = (context.inputs[0], context.inputs[1])
    let zero = base.scalar(0)
    // Where the limits are 0, the formulas would be 0 · ∞.
    let byBase = exponent.equals(zero).select(zero, exponent * base.power(exponent - 1))
    let isFlat = base.equals(zero) * exponent.isAtLeast(zero)
    let byExponent = isFlat.select(zero, context.output * base.log())
    return [context.cotangent * byBase, context.cotangent * byExponent]
  }
}

extension Value {
  /// Each element raised to the power of the other element.
  public func power(_ exponent: Value) -> Value { Power().apply(self, exponent) }

  /// Each element raised to a power; 1, 2, ½ and −1 use faster ops.
  public func power(_ exponent: Double) -> Value {
    switch exponent {
    case 1: self
    case 2: square()
    case 0.5: sqrt()
    case -1: reciprocal()
    default: power(scalar(exponent))
    }
  }
}
