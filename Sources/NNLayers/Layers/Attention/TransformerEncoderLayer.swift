public import NNGraph

/// Self-attention and a feed-forward network, each with layer normalisation and a residual
/// connection (PyTorch's `TransformerEncoderLayer`, batch first). With a causal mask it is a GPT
/// layer.
///
/// Input and output [N, T, C]; parameters self_attn.…, linear1.…, linear2.…, norm1.…, norm2.….
public struct TransformerEncoderLayer: Layer {
  /// The options.
  public let options: TransformerOptions

  /// Creates the layer.
  public init(_ options: TransformerOptions) { self.options = options }

  /// The name in tables and error messages: `TransformerEncoderLayer 8`.
  public var description: String { "TransformerEncoderLayer \(options.numHeads)" }

  /// Adds both sublayers.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    var block = TransformerBlock(options, input, in: scope)
    block.addAttention(options.selfAttention, named: "self_attn")
    block.addFeedForward()
    return block.value
  }
}

extension TransformerOptions {
  /// The self-attention of a layer.
  var selfAttention: MultiheadAttention {
    MultiheadAttention(
      numHeads: numHeads, dropout: dropout, bias: bias, isCausal: isCausal, rotary: rotary)
  }

  /// The attention to the scope's memory.
  var memoryAttention: MultiheadAttention {
    MultiheadAttention(numHeads: numHeads, dropout: dropout, bias: bias, attendsToMemory: true)
  }
}
