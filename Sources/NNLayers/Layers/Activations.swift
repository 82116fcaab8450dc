import NNCore
public import NNGraph

/// A layer without parameters that computes each element from the element before it.
public protocol ElementwiseLayer: Layer {
  /// The function itself.
  func apply(_ input: Value) -> Value
}

extension ElementwiseLayer {
  /// Adds the function.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value { apply(input) }
}

/// 1 where x ≥ 0, else 0; has no gradient.
public struct Step: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// `Step`
  public var description: String { "Step" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.step() }
}

/// σ(x) = 1/(1 + e⁻ˣ)
public struct Sigmoid: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// `Sigmoid`
  public var description: String { "Sigmoid" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.sigmoid() }
}

/// The hyperbolic tangent.
public struct Tanh: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// `Tanh`
  public var description: String { "Tanh" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.tanh() }
}

/// max(x, 0); the gradient at 0 is 0.
public struct ReLU: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// `ReLU`
  public var description: String { "ReLU" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.relu() }
}

/// x where x > 0, else `negativeSlope`·x.
public struct LeakyReLU: ElementwiseLayer {
  /// The slope left of 0.
  public let negativeSlope: Double
  /// Creates the layer.
  public init(negativeSlope: Double = 0.01) { self.negativeSlope = negativeSlope }
  /// `LeakyReLU 0.01`
  public var description: String { "LeakyReLU \(negativeSlope)" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.leakyRelu(slope: negativeSlope) }
}

/// x where x > 0, else α·(eˣ − 1).
public struct ELU: ElementwiseLayer {
  /// α, minus the limit at −∞.
  public let alpha: Double
  /// Creates the layer.
  public init(alpha: Double = 1) { self.alpha = alpha }
  /// `ELU`
  public var description: String { "ELU" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.elu(alpha: alpha) }
}

/// x·Φ(x) with the normal distribution's Φ, or its approximation by tanh.
public struct GELU: ElementwiseLayer {
  /// How Φ is computed.
  public let approximation: GELUApproximation
  /// Creates the layer; exact by default.
  public init(approximation: GELUApproximation = .none) { self.approximation = approximation }
  /// `GELU`
  public var description: String { "GELU" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.gelu(approximation: approximation) }
}

/// x·σ(x), also called swish.
public struct SiLU: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// `SiLU`
  public var description: String { "SiLU" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.silu() }
}

/// ln(1 + e^(β·x))/β, and x itself where β·x exceeds the threshold.
public struct Softplus: ElementwiseLayer {
  /// β, how sharply it bends.
  public let beta: Double
  /// Above it the function is the identity.
  public let threshold: Double
  /// Creates the layer.
  public init(beta: Double = 1, threshold: Double = 20) {
    self.beta = beta
    self.threshold = threshold
  }
  /// `Softplus`
  public var description: String { "Softplus" }
  /// The function itself.
  public func apply(_ input: Value) -> Value { input.softplus(beta: beta, threshold: threshold) }
}

/// eˣ/Σeˣ along an axis.
///
/// Without an axis it is that of the features or classes: axis 1 of images [N, C, H, W], the last
/// one of [N, C] and of sequences [N, T, C]. (PyTorch wants `dim` written.)
public struct Softmax: Layer {
  /// The axis that sums to 1; negative axes count from the end; nil for that of the features.
  public let axis: Int?
  /// Creates the layer; by default along the axis of the features.
  public init(axis: Int? = nil) { self.axis = axis }
  /// `Softmax`
  public var description: String { "Softmax" }
  /// Adds the softmax.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    scope.axis(axis, of: input) { input.softmax(axis: $0) }
  }
}

/// x − ln Σeˣ along an axis, which is that of `Softmax` by default.
public struct LogSoftmax: Layer {
  /// The axis whose exponentials sum to 1; negative axes count from the end; nil for that of the
  /// features.
  public let axis: Int?
  /// Creates the layer; by default along the axis of the features.
  public init(axis: Int? = nil) { self.axis = axis }
  /// `LogSoftmax`
  public var description: String { "LogSoftmax" }
  /// Adds the logarithm of the softmax.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    scope.axis(axis, of: input) { input.logSoftmax(axis: $0) }
  }
}

extension Scope {
  /// What a layer computes along an axis of its input, by default that of the features.
  fileprivate func axis(_ axis: Int?, of input: Value, _ body: (Int) -> Value) -> Value {
    let rank = input.shape.rank
    let axis = axis ?? (rank == 4 ? 1 : -1)
    guard (-rank..<rank).contains(axis) else {
      return reject(input, expected: "an axis \(axis)")
    }
    return body(axis)
  }
}
