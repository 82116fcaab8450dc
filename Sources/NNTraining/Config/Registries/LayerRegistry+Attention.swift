import NNLayers

extension Registry where Product == any Layer {
  /// Embeddings, positions, attention and transformers.
  static let attention: [Row] = [
    Row(
      "embedding",
      "A learnt vector for each token or category, as `nn.Embedding`. Input tokens [N, T], output "
        + "[N, T, embedding_dim]; categories [N], output [N, embedding_dim]."
    ) { options in
      let width = options.required("embedding_dim", .integer(1...), "the size of each vector")
      let count = options.optional(
        "num_embeddings", .integer(1...),
        "the number of vectors; null: the number of different tokens or categories of the data")
      let padding = options.optional(
        "padding_idx", .integer(0...), "a token whose vector is zero and is not trained")
      let initializer = options.optional(
        "weight_init", .initializer,
        "the initial vectors; null: normal with mean 0 and standard deviation 1")
      options.check(
        padding ?? 0 < count ?? .max, on: "padding_idx",
        "`padding_idx` must be below `num_embeddings` (\(count ?? 0))")
      return {
        Embedding(
          width, numEmbeddings: count, paddingIdx: padding,
          weightInitializer: initializer?.build() ?? .normal())
      }
    },
    Row(
      "tied_linear",
      "y = x·Wᵀ + b with the weight of an earlier layer, such as an embedding (weight tying)."
    ) { options in
      let path = options.required(
        "tied_to", .text("the path of a layer"),
        "the path of the layer whose weight is used, such as `0` or a layer's name")
      let bias = options.value("bias", .bool, default: false, "whether a bias is added")
      return { TiedLinear(to: path, bias: bias) }
    },
    Row(
      "sinusoidal_positions",
      "Adds sin and cos of t/10000^(2i/C) to position t, as in \"Attention is all you "
        + "need\". Input [N, T, C]."
    ) { _ in { SinusoidalPositions() } },
    Row("learnt_positions", "Adds a learnt vector to each position. Input [N, T, C].") { options in
      let length = options.required("max_length", .integer(1...), "the largest number of positions")
      let initializer = options.optional(
        "weight_init", .initializer,
        "the initial vectors; null: normal with mean 0 and standard deviation 1")
      return { LearntPositions(length, weightInitializer: initializer?.build() ?? .normal()) }
    },
    Row(
      "multihead_attention",
      "Self-attention, as `nn.MultiheadAttention` with `batch_first=True`. Input [N, T, C]."
    ) { options in
      let heads = options.required(
        "num_heads", .integer(1...), "the number of heads, a divisor of C")
      let dropout = options.value(
        "dropout", .number(.probability), default: 0,
        "the dropout probability of the attention weights")
      let bias = options.value("bias", .bool, default: true, "whether projections have biases")
      let causal = options.value("causal", .bool, default: false, "whether later steps are masked")
      let memory = options.value(
        "memory", .bool, default: false, "whether keys and values come from the encoder's output")
      let rotary = options.rotary()
      options.check(
        !memory || !causal && rotary == nil, on: "memory",
        "attention over memory is neither causal nor rotary")
      return {
        MultiheadAttention(
          numHeads: heads, dropout: dropout, bias: bias, isCausal: causal,
          attendsToMemory: memory, rotary: rotary)
      }
    },
    Row(
      "transformer_encoder_layer",
      "Self-attention and a feed-forward network, each with a residual connection and "
        + "layer normalization, as `nn.TransformerEncoderLayer`. With `causal: true` it is a "
        + "GPT layer."
    ) { options in
      let transformer = options.transformer(causal: false)
      return { TransformerEncoderLayer(transformer) }
    },
    Row(
      "transformer_decoder_layer",
      "As the encoder layer, with attention to the encoder's output in addition, as "
        + "`nn.TransformerDecoderLayer`."
    ) { options in
      let transformer = options.transformer(causal: true)
      return { TransformerDecoderLayer(transformer) }
    },
    Row("transformer_encoder", "Encoder layers one after another, as `nn.TransformerEncoder`.") {
      options in
      let layers = options.layerCount(weight: 8)
      let transformer = options.transformer(causal: false)
      let norm = options.value(
        "final_norm", .bool, default: false, "whether a layer normalization follows the last layer")
      return { TransformerEncoder(layers, transformer, finalNorm: norm) }
    },
    Row("transformer_decoder", "Decoder layers one after another, as `nn.TransformerDecoder`.") {
      options in
      let layers = options.layerCount(weight: 8)
      let transformer = options.transformer(causal: true)
      let norm = options.value(
        "final_norm", .bool, default: false, "whether a layer normalization follows the last layer")
      return { TransformerDecoder(layers, transformer, finalNorm: norm) }
    },
    Row(
      "additive_attention",
      "Attention of a decoder to the encoder's output with the score v·tanh(W·q + U·k) "
        + "(Bahdanau). Output [N, T, M + C]: the weighted mean, then the input."
    ) { options in
      let units = options.required("units", .integer(1...), "the size of v")
      return { AdditiveAttention(units) }
    },
    Row(
      "dot_attention",
      "Attention of a decoder to the encoder's output with the score q·k, or q·W·k "
        + "(Luong). Output [N, T, M + C]: the weighted mean, then the input."
    ) { options in
      let general = options.value(
        "general", .bool, default: false,
        "whether the score has a learnt matrix W (Luong's `general`)")
      return { DotAttention(isGeneral: general) }
    },
  ]
}

extension OptionReader {
  /// Rotary position embedding, if enabled.
  fileprivate func rotary() -> RotaryPositions? {
    value(
      "rotary", .bool, default: false,
      "whether queries and keys are rotated by their positions (RoPE)")
      ? RotaryPositions() : nil
  }

  /// The options of all transformers.
  fileprivate func transformer(causal: Bool) -> TransformerOptions {
    TransformerOptions(
      numHeads: required("nhead", .integer(1...), "the number of heads, a divisor of C"),
      dimFeedforward: value(
        "dim_feedforward", .integer(1...), default: 2048, "the width of the feed-forward network"),
      dropout: value(
        "dropout", .number(.probability), default: 0.1,
        "the dropout probability, everywhere in the layer"),
      activation: value(
        "activation", .choice(TransformerActivation.allCases.map { ($0.rawValue, $0) }),
        default: .relu, "the activation of the feed-forward network"),
      layerNormEps: value(
        "layer_norm_eps", .number(.positive), default: 1e-5,
        "the number that layer normalization adds to the variance"),
      normFirst: value(
        "norm_first", .bool, default: false,
        "whether normalization precedes attention and feed-forward network (pre-norm) "
          + "instead of following the sum"
      ),
      bias: value(
        "bias", .bool, default: true, "whether linear layers and normalizations have biases"),
      isCausal: value("causal", .bool, default: causal, "whether later steps are masked"),
      rotary: rotary())
  }
}
