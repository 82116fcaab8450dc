import NNCore
public import NNGraph

/// A layer without parameters that computes each output element from one input element.
public protocol ElementwiseLayer: Layer {
  /// Applies the function to each element.
  func apply(_ input: Value) -> Value
}

extension ElementwiseLayer {
  /// Adds the function to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value { apply(input) }
}

/// 1 where x ≥ 0, else 0; has no gradient.
public struct Step: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// The name in tables and error messages: `Step`.
  public var description: String { "Step" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.step() }
}

/// σ(x) = 1/(1 + e⁻ˣ)
public struct Sigmoid: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// The name in tables and error messages: `Sigmoid`.
  public var description: String { "Sigmoid" }
  /// Probabilities of binary labels.
  public var result: LayerResult { .binaryProbabilities }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.sigmoid() }
}

/// The hyperbolic tangent.
public struct Tanh: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// The name in tables and error messages: `Tanh`.
  public var description: String { "Tanh" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.tanh() }
}

/// max(x, 0); the gradient at 0 is 0.
public struct ReLU: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// The name in tables and error messages: `ReLU`.
  public var description: String { "ReLU" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.relu() }
}

/// x where x > 0, else `negativeSlope`·x.
public struct LeakyReLU: ElementwiseLayer {
  /// The slope for x < 0.
  public let negativeSlope: Double
  /// Creates the layer.
  public init(negativeSlope: Double = 0.01) { self.negativeSlope = negativeSlope }
  /// The name in tables and error messages: `LeakyReLU 0.01`.
  public var description: String { "LeakyReLU \(negativeSlope)" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.leakyRelu(slope: negativeSlope) }
}

/// x where x > 0, else α·(eˣ − 1).
public struct ELU: ElementwiseLayer {
  /// α; the limit at −∞ is −α.
  public let alpha: Double
  /// Creates the layer.
  public init(alpha: Double = 1) { self.alpha = alpha }
  /// The name in tables and error messages: `ELU`.
  public var description: String { "ELU" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.elu(alpha: alpha) }
}

/// x·Φ(x) with the standard normal distribution's Φ, or its tanh approximation.
public struct GELU: ElementwiseLayer {
  /// How Φ is computed.
  public let approximation: GELUApproximation
  /// Creates the layer; exact by default.
  public init(approximation: GELUApproximation = .none) { self.approximation = approximation }
  /// The name in tables and error messages: `GELU`.
  public var description: String { "GELU" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.gelu(approximation: approximation) }
}

/// x·σ(x), also called swish.
public struct SiLU: ElementwiseLayer {
  /// Creates the layer.
  public init() {}
  /// The name in tables and error messages: `SiLU`.
  public var description: String { "SiLU" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.silu() }
}

/// ln(1 + e^(β·x))/β, and x itself where β·x exceeds the threshold.
public struct Softplus: ElementwiseLayer {
  /// β, the sharpness of the transition.
  public let beta: Double
  /// For β·x above it the function is the identity.
  public let threshold: Double
  /// Creates the layer.
  public init(beta: Double = 1, threshold: Double = 20) {
    self.beta = beta
    self.threshold = threshold
  }
  /// The name in tables and error messages: `Softplus`.
  public var description: String { "Softplus" }
  /// Applies the function to each element.
  public func apply(_ input: Value) -> Value { input.softplus(beta: beta, threshold: threshold) }
}

/// eˣ/Σeˣ along an axis.
///
/// The default axis is that of the features or classes: axis 1 of images [N, C, H, W], the last
/// axis of [N, C] and of sequences [N, T, C]. (PyTorch requires `dim`.)
public struct Softmax: Layer {
  /// The axis that sums to 1; negative axes count from the end; nil for the feature axis.
  public let axis: Int?
  /// Creates the layer; by default along the feature axis.
  public init(axis: Int? = nil) { self.axis = axis }
  /// The name in tables and error messages: `Softmax`.
  public var description: String { "Softmax" }
  /// Probabilities of classes.
  public var result: LayerResult { .classProbabilities }
  /// Adds the softmax to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    scope.axis(axis, of: input) { input.softmax(axis: $0) }
  }
}

/// x − ln Σeˣ along an axis, by default the same as for `Softmax`.
public struct LogSoftmax: Layer {
  /// The axis whose exponentials sum to 1; negative axes count from the end; nil for the feature
  /// axis.
  public let axis: Int?
  /// Creates the layer; by default along the feature axis.
  public init(axis: Int? = nil) { self.axis = axis }
  /// The name in tables and error messages: `LogSoftmax`.
  public var description: String { "LogSoftmax" }
  /// Log-probabilities of classes.
  public var result: LayerResult { .classLogProbabilities }
  /// Adds the log-softmax to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    scope.axis(axis, of: input) { input.logSoftmax(axis: $0) }
  }
}

extension Scope {
  /// Calls `body` with the resolved axis, by default the feature axis; rejects an axis out of
  /// range.
  fileprivate func axis(_ axis: Int?, of input: Value, _ body: (Int) -> Value) -> Value {
    let rank = input.shape.rank
    let axis = axis ?? (rank == 4 ? 1 : -1)
    guard (-rank..<rank).contains(axis) else {
      return reject(input, expected: "an axis \(axis)")
    }
    return body(axis)
  }
}
