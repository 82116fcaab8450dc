public import NNGraph

/// Self-attention, attention to the scope's memory and a feed-forward network, each with layer
/// normalisation and a residual connection (PyTorch's `TransformerDecoderLayer`, batch first).
///
/// Input and output [N, T, C], memory [N, S, C]; parameters self_attn.…, multihead_attn.…,
/// linear1.…, linear2.…, norm1.…, norm2.…, norm3.….
public struct TransformerDecoderLayer: Layer {
  /// The options.
  public let options: TransformerOptions

  /// Creates the layer.
  public init(_ options: TransformerOptions) { self.options = options }

  /// The name in tables and error messages: `TransformerDecoderLayer 8`.
  public var description: String { "TransformerDecoderLayer \(options.numHeads)" }

  /// Adds the three sublayers.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    var block = TransformerBlock(options, input, in: scope)
    block.addAttention(options.selfAttention, named: "self_attn")
    block.addAttention(options.memoryAttention, named: "multihead_attn")
    block.addFeedForward()
    return block.value
  }
}
