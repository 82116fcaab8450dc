import NNKernels

/// 1 where a ≥ 0, else 0
struct Step: ElementwiseOp {
  static let name = "step"
  var opcode: nn_opcode { NN_STEP }

  func gradient(_ context: GradientContext) -> [Value?] {
    context.undefined(
      "step has no useful derivative",
      hint: "train it with the perceptron rule or use sigmoid")
  }
}

extension Value {
  /// The Heaviside step function: 1 where the element is ≥ 0, else 0.
  ///
  /// Differentiating it is an error, since its derivative is 0 wherever it exists.
  public func step() -> Value { Step().apply(self) }
}
