import NNKernels

/// Whether GELU is computed from the error function or from PyTorch's tanh formula.
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

  var attributes: String { approximation == .none ? "" : "\(approximation)" }

  /// From the input alone: what it is computed from again costs less than memory does.
  func gradient(_ context: GradientContext) -> [Value?] {
    [GELUGradient(approximation: approximation).apply(context.cotangent, context.inputs[0])]
  }
}

/// A cotangent times the slope of GELU at its second input.
struct GELUGradient: ElementwiseOp {
  static let name = "geluGradient"
  let approximation: GELUApproximation
  var opcode: nn_opcode {
    approximation == .none ? NN_GELU_GRADIENT : NN_GELU_TANH_GRADIENT
  }

  var attributes: String { approximation == .none ? "" : "\(approximation)" }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (cotangent, input) = (context.inputs[0], context.inputs[1])
    return [apply(context.cotangent, input), context.cotangent * cotangent * bend(input)]
  }

  /// The second derivative.
  private func bend(_ x: Value) -> Value {
    let square = x.square()
    switch approximation {
    case .none:
      // φ(x)·(2 − x²)
      return (square * -0.5).exp() * 0.398_942_280_401_432_7 * (2 - square)
    case .tanh:
      // x·σ(v) with v = x·(a + b·x²)
      let (a, b) = (1.595_769_121_605_730_7, 0.071_354_816_272_600_25)
      let share = (x * (square * b + a)).sigmoid()
      let slope = share * (1 - share)
      let rate = square * (3 * b) + a
      return slope * rate * 2 + x * (slope * (1 - share * 2) * rate.square() + slope * x * (6 * b))
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
}
