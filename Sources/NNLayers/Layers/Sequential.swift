public import NNGraph

/// Layers one after another (PyTorch's `Sequential`).
///
/// Layer i has the path `i`, or its own name.
public struct Sequential: Layer {
  /// The layers in order.
  public let layers: [any Layer]

  /// Creates a sequence.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Creates a sequence of the layers listed in braces.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// The name in tables and error messages: `Sequential`.
  public var description: String { "Sequential" }
  /// That of the last layer.
  public var result: LayerResult { .lastLayer(option: "layers") }

  /// Adds all layers; each reads the output of the one before.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    layers.enumerated().reduce(input) { value, entry in
      scope.apply(entry.element, to: value, named: String(entry.offset))
    }
  }
}
