import NNCore
import NNData
import NNLayers
import NNTraining

/// A layer with its options, what it reads and what it returns.
struct LayerSample: ComponentSample {
  /// What the layer reads.
  enum Input: Sendable {
    /// Numbers [N, 16].
    case rows
    /// Images [N, 1, 8, 8].
    case images
    /// Sequences of numbers [N, 4, 6].
    case steps
    /// Tokens [N, 5].
    case tokens
    /// Two inputs [N, 16].
    case two
    /// Vectors of tokens [N, 5, 4], from an embedding named `table`.
    case embedded
    /// Two sequences of tokens, [N, 5] and [N, 3].
    case pairs
    /// The same; the layer is one of the decoder's and reads vectors [N, 3, 4].
    case decoder
  }

  let text: String
  let input: Input
  /// The shape of the output for one example.
  let output: Shape
  /// Whether it can be trained through.
  let hasGradient: Bool

  init(_ text: String, _ input: Input, _ output: Shape, hasGradient: Bool = true) {
    self.text = text
    self.input = input
    self.output = output
    self.hasGradient = hasGradient
  }

  /// Every layer of the registry, with all its integers.
  static let all = containers + merging + weighted + pooling + shapes + activations + sequences

  private static let containers: [LayerSample] = [
    .init("sequential: {layers: [{linear: 5}, tanh]}", .rows, [5]),
    .init("residual: {layers: [{linear: 16}, tanh]}", .rows, [16]),
    .init("concat: {branches: [[relu], [tanh]], axis: 1}", .rows, [32]),
    .init(
      "graph: {layers: [{name: a, sigmoid: {}}, {from: [a, input], dot: {axis: 1}}]}", .rows, [1]),
    .init(
      "encoder_decoder: {encoder: [{embedding: 4}, {lstm: 4}], decoder: [{embedding: 4}, "
        + "{lstm: {hidden_size: 4, start: encoder}}, {linear: vocabulary}]}", .pairs, [3, 7]),
  ]

  private static let merging: [LayerSample] =
    Merge.Operation.allCases.map { .init("\($0.rawValue): {}", .two, [16]) } + [
      .init("dot: {axis: 1}", .two, [1]),
      .init("dot: {axis: -1, normalize: true}", .two, [1]),
      .init("concat: {axis: 1}", .two, [32]),
    ]

  private static let weighted: [LayerSample] = [
    .init("linear: {out_features: 3}", .rows, [3]),
    .init(
      "conv2d: {out_channels: 2, kernel_size: 3, stride: 1, padding: 1, dilation: 1, groups: 1}",
      .images, [2, 8, 8]),
    .init("conv2d: {out_channels: 2, kernel_size: 3, padding: same}", .images, [2, 8, 8]),
    .init("embedding: {embedding_dim: 4, num_embeddings: 90, padding_idx: 0}", .tokens, [5, 4]),
    .init("tied_linear: {tied_to: table, bias: true}", .embedded, [5, 9]),
    .init("batch_norm1d: {}", .rows, [16]),
    .init("batch_norm2d: {}", .images, [1, 8, 8]),
    .init("layer_norm: {normalized_shape: 16}", .rows, [16]),
  ]

  private static let pooling: [LayerSample] = [
    .init(
      "max_pool2d: {kernel_size: 2, stride: 2, padding: 1, dilation: 1}", .images, [1, 5, 5]),
    .init(
      "max_pool2d: {kernel_size: 2, stride: 2, padding: 1, ceil_mode: true}", .images, [1, 5, 5]),
    .init(
      "avg_pool2d: {kernel_size: 2, stride: 2, padding: 1, divisor_override: 3}", .images,
      [1, 5, 5]),
    .init("adaptive_avg_pool2d: {output_size: [2, 3]}", .images, [1, 2, 3]),
    .init("global_avg_pool2d: {}", .images, [1]),
    .init("pool_steps: {mode: mean}", .steps, [6]),
    .init("pool_steps: sum", .steps, [6]),
    .init("pool_steps: max", .embedded, [4]),
  ]

  private static let shapes: [LayerSample] = [
    .init("dropout: {p: 0.3}", .rows, [16]),
    .init("flatten: {start_dim: 1, end_dim: -1}", .images, [64]),
    .init("reshape: {shape: [16]}", .rows, [16]),
    .init("reshape: {shape: [4, 4]}", .rows, [4, 4]),
  ]

  private static let activations: [LayerSample] =
    ["sigmoid", "tanh", "relu", "silu"].map { .init("\($0): {}", .rows, [16]) } + [
      .init("step: {}", .rows, [16], hasGradient: false),
      .init("leaky_relu: {negative_slope: 0.2}", .rows, [16]),
      .init("elu: {alpha: 0.5}", .rows, [16]),
      .init("gelu: {}", .rows, [16]),
      .init("gelu: {approximate: tanh}", .rows, [16]),
      .init("softplus: {beta: 2}", .rows, [16]),
      .init("softmax: {dim: 1}", .rows, [16]),
      .init("log_softmax: {dim: 1}", .rows, [16]),
    ]

  private static let sequences: [LayerSample] = [
    .init("rnn: {hidden_size: 3, num_layers: 2}", .steps, [4, 3]),
    .init("lstm: {hidden_size: 3, num_layers: 2, proj_size: 2}", .steps, [4, 2]),
    .init("gru: {hidden_size: 3, num_layers: 2}", .steps, [4, 3]),
    .init("gru: {hidden_size: 3, bidirectional: true, return: last}", .steps, [6]),
    .init("sinusoidal_positions: {}", .steps, [4, 6]),
    .init("learnt_positions: {max_length: 9}", .steps, [4, 6]),
    .init("multihead_attention: {num_heads: 2}", .steps, [4, 6]),
    .init("transformer_encoder_layer: {nhead: 2, dim_feedforward: 8}", .steps, [4, 6]),
    .init("transformer_encoder: {num_layers: 2, nhead: 2, dim_feedforward: 8}", .steps, [4, 6]),
    .init("transformer_decoder_layer: {nhead: 2, dim_feedforward: 8}", .decoder, [3, 4]),
    .init("transformer_decoder: {num_layers: 2, nhead: 2, dim_feedforward: 8}", .decoder, [3, 4]),
    .init("additive_attention: {units: 4}", .decoder, [3, 8]),
    .init("dot_attention: {general: true}", .decoder, [3, 8]),
  ]
}

extension LayerSample {
  /// A network of the layer alone.
  func model() throws -> Model {
    let layers =
      switch input {
      case .rows, .images, .steps, .tokens, .pairs: "[{\(text)}]"
      case .two: "{inputs: [left, right], layers: [{from: [left, right], \(text)}]}"
      case .embedded: "[{name: table, embedding: 4}, {\(text)}]"
      case .decoder:
        "[{encoder_decoder: {encoder: [{embedding: 4}], decoder: [{embedding: 4}, {\(text)}]}}]"
      }
    let inputs = input == .two ? ", inputs: {left: left, right: right}" : ""
    return try Config(
      yaml: """
        data: {train: {npz: rows.npz\(inputs)}}
        model: \(layers)
        loss: mse
        optimizer: adam
        """, source: text
    ).makeModel()
  }

  /// The network's inputs for a batch of `rows` examples.
  func inputs(rows: Int, dtype: DType) -> Ports<HostTensor> {
    func batch(_ contents: SampleContents, _ seed: UInt64 = 5) -> HostTensor {
      contents.tensor(rows: rows, dtype: dtype, seed: seed)
    }
    return switch input {
    case .rows: Ports(batch(.numbers([16])))
    case .images: Ports(batch(.numbers([1, 8, 8])))
    case .steps: Ports(batch(.numbers([4, 6])))
    case .two: ["left": batch(.numbers([16])), "right": batch(.numbers([16]), 6)]
    case .tokens, .embedded: Ports(batch(.tokens(steps: 5, count: 9)))
    case .pairs, .decoder:
      Ports(
        batch(.tokens(steps: 5, count: 9)), decoderValues: batch(.tokens(steps: 3, count: 7), 6))
    }
  }

  /// The numbers of different tokens; nil where inputs are numbers.
  var vocabulary: VocabularySizes? {
    switch input {
    case .rows, .images, .steps, .two: nil
    case .tokens, .embedded, .pairs, .decoder: VocabularySizes(input: 9, output: 7)
    }
  }
}
