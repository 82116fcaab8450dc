import NNKernels

/// erf a = 2/√π · ∫₀ᵃ e^(−t²) dt
struct Erf: ElementwiseOp {
  static let name = "erf"
  var opcode: nn_opcode { NN_ERF }

  func gradient(_ context: GradientContext) -> [Value?] {
    // The factor is 2/√π.
    [context.cotangent * ((-context.inputs[0].square()).exp() * 1.128_379_167_095_512_6)]
  }
}

extension Value {
  /// The error function of each element.
  public func erf() -> Value { Erf().apply(self) }
}
