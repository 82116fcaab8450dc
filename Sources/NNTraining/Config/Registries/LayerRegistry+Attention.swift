import NNLayers

extension Registry where Product == any Layer {
  /// Embeddings, positions, attention and transformers.
  static let attention: [Row] = [
    Row("embedding") { options in
      let width = options.required("embedding_dim", .integer(1...))
      let count = options.optional("num_embeddings", .integer(1...))
      let padding = options.optional("padding_idx", .integer(0...))
      let initializer = options.optional("weight_init", .initializer)
      options.check(
        padding ?? 0 < count ?? .max, on: "padding_idx",
        "`padding_idx` must be below `num_embeddings` (\(count ?? 0))")
      return {
        Embedding(
          width, numEmbeddings: count, paddingIdx: padding,
          weightInitializer: initializer?.build() ?? .normal())
      }
    },
    Row("tied_linear") { options in
      let path = options.required("tied_to", .text())
      let bias = options.value("bias", .bool, default: false)
      return { TiedLinear(to: path, bias: bias) }
    },
    Row("sinusoidal_positions") { _ in { SinusoidalPositions() } },
    Row("learnt_positions") { options in
      let length = options.required("max_length", .integer(1...))
      let initializer = options.optional("weight_init", .initializer)
      return { LearntPositions(length, weightInitializer: initializer?.build() ?? .normal()) }
    },
    Row("multihead_attention") { options in
      let heads = options.required("num_heads", .integer(1...))
      let dropout = options.value("dropout", .number(.probability), default: 0)
      let bias = options.value("bias", .bool, default: true)
      let causal = options.value("causal", .bool, default: false)
      let memory = options.value("memory", .bool, default: false)
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
    Row("transformer_encoder_layer") { options in
      let transformer = options.transformer(causal: false)
      return { TransformerEncoderLayer(transformer) }
    },
    Row("transformer_decoder_layer") { options in
      let transformer = options.transformer(causal: true)
      return { TransformerDecoderLayer(transformer) }
    },
    Row("transformer_encoder") { options in
      let layers = options.layerCount(weight: 8)
      let transformer = options.transformer(causal: false)
      let norm = options.value("final_norm", .bool, default: false)
      return { TransformerEncoder(layers, transformer, finalNorm: norm) }
    },
    Row("transformer_decoder") { options in
      let layers = options.layerCount(weight: 8)
      let transformer = options.transformer(causal: true)
      let norm = options.value("final_norm", .bool, default: false)
      return { TransformerDecoder(layers, transformer, finalNorm: norm) }
    },
    Row("additive_attention") { options in
      let units = options.required("units", .integer(1...))
      return { AdditiveAttention(units) }
    },
    Row("dot_attention") { options in
      let general = options.value("general", .bool, default: false)
      return { DotAttention(isGeneral: general) }
    },
  ]
}

extension OptionReader {
  /// Rotary position embedding, if enabled.
  fileprivate func rotary() -> RotaryPositions? {
    value("rotary", .bool, default: false) ? RotaryPositions() : nil
  }

  /// The options of all transformers.
  fileprivate func transformer(causal: Bool) -> TransformerOptions {
    TransformerOptions(
      numHeads: required("nhead", .integer(1...)),
      dimFeedforward: value("dim_feedforward", .integer(1...), default: 2048),
      dropout: value("dropout", .number(.probability), default: 0.1),
      activation: value(
        "activation", .choice(TransformerActivation.allCases.map { ($0.rawValue, $0) }),
        default: .relu),
      layerNormEps: value("layer_norm_eps", .number(.positive), default: 1e-5),
      normFirst: value("norm_first", .bool, default: false),
      bias: value("bias", .bool, default: true),
      isCausal: value("causal", .bool, default: causal), rotary: rotary())
  }
}
