import NNLayers

/// An activation function with its derivative, as the course writes them.
struct TextbookActivation: Sendable {
  private enum Kind: Sendable {
    case sigmoid
    case tanh
    /// x where x > 0, else a multiple of it.
    case linearParts(slope: Double)
    case exponential(alpha: Double)
    case other
  }

  private let kind: Kind
  /// The name in formulas: `tanh`.
  let name: String
  /// σ′ in terms of p and q = σ(p).
  let derivativeFormula: String

  /// The function of a layer; nil unless the layer is element-wise.
  init?(_ layer: any Layer) {
    guard layer is any ElementwiseLayer else { return nil }
    switch layer {
    case is Sigmoid:
      (kind, name) = (.sigmoid, "σ")
      derivativeFormula = "σ′(p) = q · (1 − q)"
    case is Tanh:
      (kind, name) = (.tanh, "tanh")
      derivativeFormula = "tanh′(p) = 1 − q²"
    case is ReLU:
      (kind, name) = (.linearParts(slope: 0), "relu")
      derivativeFormula = "relu′(p) = 1 where p > 0, else 0"
    case let layer as LeakyReLU:
      (kind, name) = (.linearParts(slope: layer.negativeSlope), "leaky_relu")
      derivativeFormula = "leaky_relu′(p) = 1 where p > 0, else \(layer.negativeSlope)"
    case let layer as ELU:
      (kind, name) = (.exponential(alpha: layer.alpha), "elu")
      derivativeFormula = "elu′(p) = 1 where p > 0, else q + \(layer.alpha)"
    case is GELU: (kind, name, derivativeFormula) = Self.other("gelu")
    case is SiLU: (kind, name, derivativeFormula) = Self.other("silu")
    case is Softplus: (kind, name, derivativeFormula) = Self.other("softplus")
    default: (kind, name, derivativeFormula) = Self.other(layer.description)
    }
  }

  private static func other(_ name: String) -> (Kind, String, String) {
    (.other, name, "\(name)′(p), as automatic differentiation computes it")
  }

  /// q = σ(p)
  func output(of p: String) -> TextbookExpression { .function(name, .number(p)) }

  /// σ′(p), in terms of q where the course does so.
  ///
  /// - Parameters:
  ///   - p: The pre-activation.
  ///   - q: The output of the function.
  ///   - isPositive: Whether p > 0.
  func derivative(p: String, q: String, isPositive: Bool) -> TextbookExpression {
    switch kind {
    case .sigmoid: .product([.number(q), .difference(.constant(1), .number(q))])
    case .tanh: .difference(.constant(1), .square(.number(q)))
    case .linearParts(let slope): .constant(isPositive ? 1 : slope)
    case .exponential(let alpha):
      isPositive ? .constant(1) : .sum([.number(q), .constant(alpha)])
    case .other: .function("\(name)′", .number(p))
    }
  }
}
