import NNKernels

/// 1 where a ≥ 0, else 0
struct Step: ElementwiseOp {
  static let name = "step"
  var opcode: nn_opcode { NN_STEP }

  func gradient(_ context: GradientContext) -> [Value?] {
    context.inputs[0].graph.report(
      "step has no useful derivative",
      hint: "train it with the perceptron rule or use sigmoid")
    return [nil]
  }
}

extension Value {
  /// The threshold unit: 1 where the element is ≥ 0, else 0.
  ///
  /// Differentiating through it is reported as a misfit, since its derivative is 0 wherever it has
  /// one.
  public func step() -> Value { Step().apply(self) }
}
