import NNKernels

/// σ(a) = 1 / (1 + e⁻ᵃ)
struct Sigmoid: ElementwiseOp {
  static let name = "sigmoid"
  var opcode: nn_opcode { NN_SIGMOID }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * (context.output * (1 - context.output))]
  }
}

extension Value {
  /// The logistic function 1 / (1 + e⁻ˣ) of each element; its derivative is σ·(1 − σ).
  public func sigmoid() -> Value { Sigmoid().apply(self) }
}
