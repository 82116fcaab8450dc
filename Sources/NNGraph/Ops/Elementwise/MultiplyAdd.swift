import NNKernels

/// a · b + c with a single rounding
struct MultiplyAdd: ElementwiseOp {
  static let name = "multiplyAdd"
  var opcode: nn_opcode { NN_MULTIPLY_ADD }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      context.cotangent * context.inputs[1], context.cotangent * context.inputs[0],
      context.cotangent,
    ]
  }
}

extension Value {
  /// This value plus the product of two others, rounded once.
  public func addingProduct(_ left: Value, _ right: Value) -> Value {
    MultiplyAdd().apply(left, right, self)
  }
  /// This value plus a multiple of another, rounded once.
  public func addingProduct(_ left: Double, _ right: Value) -> Value {
    addingProduct(right.scalar(left), right)
  }
}
