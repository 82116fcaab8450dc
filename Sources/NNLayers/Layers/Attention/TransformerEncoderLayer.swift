public import NNGraph

/// Self attention and a feed-forward part, each with a normalisation and added to its input
/// (PyTorch's `TransformerEncoderLayer`, batch first). Causal, it is a layer of a GPT.
///
/// Input and output [N, T, C]; parameters self_attn.…, linear1.…, linear2.…, norm1.…, norm2.….
public struct TransformerEncoderLayer: Layer {
  /// The options.
  public let options: TransformerOptions

  /// Creates the layer.
  public init(_ options: TransformerOptions) { self.options = options }

  /// `TransformerEncoderLayer 8`
  public var description: String { "TransformerEncoderLayer \(options.numHeads)" }

  /// Adds both parts.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    var block = TransformerBlock(options, input, in: scope)
    block.addAttention(options.selfAttention, named: "self_attn")
    block.addFeedForward()
    return block.value
  }
}

extension TransformerOptions {
  /// Attention of a layer's steps to each other.
  var selfAttention: MultiheadAttention {
    MultiheadAttention(
      numHeads: numHeads, dropout: dropout, bias: bias, isCausal: isCausal, rotary: rotary)
  }

  /// Attention to the scope's memory.
  var memoryAttention: MultiheadAttention {
    MultiheadAttention(numHeads: numHeads, dropout: dropout, bias: bias, attendsToMemory: true)
  }
}
