import NNKernels

/// The formula of GELU: the error function or PyTorch's tanh approximation.
public enum GELUApproximation: String, Sendable, CaseIterable {
  /// x · Φ(x), exact.
  case none
  /// ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
  case tanh
}

/// The Gaussian error linear unit.
struct GELU: ElementwiseOp {
  static let name = "gelu"
  let approximation: GELUApproximation
  var opcode: nn_opcode { approximation == .none ? NN_GELU : NN_GELU_TANH }

  var attributes: Attributes { ["approximate": .string("\(approximation)")] }

  /// Depends only on the input: recomputation is faster than reading intermediates from memory.
  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent.geluGradient(at: context.inputs[0], approximation: approximation)]
  }
}

/// A cotangent times the derivative of GELU at its second input.
struct GELUGradient: ElementwiseOp {
  static let name = "geluGradient"
  let approximation: GELUApproximation
  var opcode: nn_opcode {
    approximation == .none ? NN_GELU_GRADIENT : NN_GELU_TANH_GRADIENT
  }

  var attributes: Attributes { ["approximate": .string("\(approximation)")] }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (cotangent, input) = (context.inputs[0], context.inputs[1])
    return [
      apply(context.cotangent, input), context.cotangent * cotangent * secondDerivative(input),
    ]
  }

  private func secondDerivative(_ x: Value) -> Value {
    let square = x.square()
    switch approximation {
    case .none:
      // φ(x)·(2 − x²)
      return (square * -0.5).exp() * 0.398_942_280_401_432_7 * (2 - square)
    case .tanh:
      // x·σ(v) with v = x·(a + b·x²)
      let (a, b) = (1.595_769_121_605_730_7, 0.071_354_816_272_600_25)
      let share = (x * (square * b + a)).sigmoid()
      let change = share * (1 - share)
      let rate = square * (3 * b) + a
      return change * rate * 2
        + x * (change * (1 - share * 2) * rate.square() + change * x * (6 * b))
    }
  }
}

extension Value {
  /// The Gaussian error linear unit x · Φ(x).
  ///
  /// Source: Hendrycks, Gimpel, "Gaussian error linear units", 2016.
  public func gelu(approximation: GELUApproximation = .none) -> Value {
    GELU(approximation: approximation).apply(self)
  }

  /// This cotangent of GELU times the derivative of GELU at its input.
  package func geluGradient(at input: Value, approximation: GELUApproximation) -> Value {
    GELUGradient(approximation: approximation).apply(self, input)
  }
}
