import NNKernels

/// ln(1 + eᵃ)
struct Softplus: ElementwiseOp {
  static let name = "softplus"
  var opcode: nn_opcode { NN_SOFTPLUS }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * context.inputs[0].sigmoid()]
  }
}

extension Value {
  /// ln(1 + eˣ) of each element, exact for large ones.
  public func softplus() -> Value { Softplus().apply(self) }
}
