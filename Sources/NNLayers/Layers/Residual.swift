public import NNGraph

/// x + f(x): adds its input to what its layers make of it.
///
/// Source: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016.
public struct Residual: Layer {
  /// The layers of f, in order.
  public let layers: [any Layer]

  /// Creates the layer from those of f.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Creates the layer from those of f, listed in braces.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// `Residual`
  public var description: String { "Residual" }

  /// Adds f and the sum.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let branch = Sequential(layers)(input, in: scope)
    guard !branch.isPoisoned else { return branch }
    guard branch.shape == input.shape else {
      return scope.reject(
        branch,
        expected: "its layers to keep the input's shape \(scope.batchDescription(input.shape))",
        mend: "change the last layer's size, or strides and padding")
    }
    return input + branch
  }
}
