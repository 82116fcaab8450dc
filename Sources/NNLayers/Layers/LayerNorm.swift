import NNCore
public import NNGraph

/// (x − mean)/√(variance + ε)·weight + bias over the last axes of each example (PyTorch's
/// `LayerNorm`), with the biased variance. Second derivatives are not available.
///
/// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
public struct LayerNorm: Layer {
  /// The extents of the last axes to normalise over; nil for the last axis alone.
  public let normalizedShape: [Int]?
  /// ε, added to the variance.
  public let epsilon: Double
  /// Whether a weight and, with `bias`, a bias are trained.
  public let elementwiseAffine: Bool
  /// Whether a bias is trained in addition to the weight.
  public let bias: Bool

  /// Creates the layer; the defaults are PyTorch's.
  public init(
    _ normalizedShape: [Int]? = nil, epsilon: Double = 1e-5, elementwiseAffine: Bool = true,
    bias: Bool = true
  ) {
    self.normalizedShape = normalizedShape
    self.epsilon = epsilon
    self.elementwiseAffine = elementwiseAffine
    self.bias = bias
  }

  /// The name in tables and error messages: `LayerNorm [64]`.
  public var description: String { "LayerNorm" + (normalizedShape.map { " \($0)" } ?? "") }

  /// Adds the normalisation to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let extents = normalizedShape ?? Array(input.shape.dimensions.suffix(1))
    guard !extents.isEmpty, extents.allSatisfy({ $0 > 0 }) else {
      return scope.rejectOption("needs positive extents to normalise over, got \(extents)")
    }
    guard input.shape.rank > extents.count,
      Array(input.shape.dimensions.suffix(extents.count)) == extents
    else {
      return scope.reject(input, expected: "last axes \(extents) after a batch axis")
    }
    let weight = elementwiseAffine ? scope.parameter("weight", Shape(extents), .ones) : nil
    let bias =
      elementwiseAffine && bias ? scope.parameter("bias", Shape(extents), .zeros) : nil
    return input.layerNorm(
      overLast: extents.count, epsilon: epsilon, weight: weight, bias: bias)
  }
}
