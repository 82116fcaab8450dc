public import NNGraph

/// x + f(x): a residual connection around its layers.
///
/// Source: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016.
public struct Residual: Layer {
  /// The layers of f, in order.
  public let layers: [any Layer]

  /// Creates the layer from the layers of f.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Creates the layer from the layers of f, listed in braces.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// The name in tables and error messages: `Residual`.
  public var description: String { "Residual" }

  /// Adds f and the sum to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let branch = Sequential(layers)(input, in: scope)
    guard !branch.isPoisoned else { return branch }
    guard branch.shape == input.shape else {
      return scope.reject(
        branch,
        expected: "its layers to keep the input's shape \(scope.batchDescription(input.shape))",
        hint: "change the last layer's size, or strides and padding")
    }
    return input + branch
  }
}
