public import NNGraph

/// Encoder layers one after another (PyTorch's `TransformerEncoder`).
///
/// Input and output [N, T, C]; parameters layers.0.…, layers.1.… and, with a final normalisation,
/// norm.….
public struct TransformerEncoder: Layer {
  /// The number of layers.
  public let numLayers: Int
  /// The options of each layer.
  public let options: TransformerOptions
  /// Whether the last layer's output is normalised.
  public let finalNorm: Bool

  /// Creates the stack.
  public init(_ numLayers: Int, _ options: TransformerOptions, finalNorm: Bool = false) {
    self.numLayers = numLayers
    self.options = options
    self.finalNorm = finalNorm
  }

  /// The name in tables and error messages: `TransformerEncoder 6`.
  public var description: String { "TransformerEncoder \(numLayers)" }

  /// Adds all layers.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    options.stack(
      numLayers, of: TransformerEncoderLayer(options), finalNorm: finalNorm, input, in: scope)
  }
}

/// Decoder layers one after another (PyTorch's `TransformerDecoder`).
///
/// Input and output [N, T, C], memory [N, S, C] from the scope; parameters as for
/// `TransformerEncoder`.
public struct TransformerDecoder: Layer {
  /// The number of layers.
  public let numLayers: Int
  /// The options of each layer.
  public let options: TransformerOptions
  /// Whether the last layer's output is normalised.
  public let finalNorm: Bool

  /// Creates the stack.
  public init(_ numLayers: Int, _ options: TransformerOptions, finalNorm: Bool = false) {
    self.numLayers = numLayers
    self.options = options
    self.finalNorm = finalNorm
  }

  /// The name in tables and error messages: `TransformerDecoder 6`.
  public var description: String { "TransformerDecoder \(numLayers)" }

  /// Adds all layers.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    options.stack(
      numLayers, of: TransformerDecoderLayer(options), finalNorm: finalNorm, input, in: scope)
  }
}

extension TransformerOptions {
  /// Applies `count` equal layers at `layers.0` and so on, and an optional normalisation at `norm`.
  fileprivate func stack(
    _ count: Int, of layer: any Layer, finalNorm: Bool, _ input: Value, in scope: Scope
  ) -> Value {
    guard count > 0 else { return scope.rejectOption("needs at least one layer, got \(count)") }
    let layers = scope.child("layers")
    let output = (0..<count).reduce(input) { value, index in
      layers.apply(layer, to: value, named: "\(index)")
    }
    guard finalNorm else { return output }
    return scope.apply(
      LayerNorm(epsilon: layerNormEps, bias: bias), to: output, named: "norm")
  }
}
