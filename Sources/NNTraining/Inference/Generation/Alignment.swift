public import NNCore
import NNData
import NNGraph
import NNLayers
import NNText

/// The alignment of a translation with its source: the weights of the decoder's attention to the
/// encoder's output.
public struct Alignment: Sendable {
  /// The weights of one layer.
  public struct Layer: Sendable {
    /// The layer's path: `0.decoder.2.layers.1.multihead_attn`.
    public let path: String
    /// float64 [heads, T, S]: for each token of the translation, the weight of each source token;
    /// every row sums to 1.
    public let weights: HostTensor

    /// The mean over the heads, float64 [T, S].
    public var mean: HostTensor {
      let (heads, count) = (weights.shape[0], weights.shape[1] * weights.shape[2])
      let all = weights.doubles
      let sums = (0..<count).map { position in
        (0..<heads).reduce(0) { $0 + all[$1 * count + position] } / Double(heads)
      }
      return HostTensor(sums, shape: [weights.shape[1], weights.shape[2]])
    }
  }

  /// The S source tokens as text; the last is `endLabel`.
  public let sourceTokens: [String]
  /// The T tokens of the translation as text; the last is `endLabel`.
  public let targetTokens: [String]
  /// The translation.
  public let translation: String
  /// The weights of each decoder layer that attends to the encoder's output, in order.
  public let layers: [Layer]

  /// The label of the end of a text.
  public static let endLabel = "<end>"

  /// The text and its translation: `3 May → 05-03`.
  package var title: String { "\(sourceTokens.dropLast().joined()) → \(translation)" }

  /// The mean weights over layers and their heads, [T, S] in row-major order.
  ///
  /// - Parameter path: The path of a single layer; nil, the default, for all.
  package func meanWeights(ofLayer path: String? = nil) -> [Double] {
    let chosen = layers.filter { path == nil || $0.path == path }
    var means = [Double](repeating: 0, count: sourceTokens.count * targetTokens.count)
    for weights in chosen.map(\.mean.doubles) {
      for (index, weight) in weights.enumerated() { means[index] += weight / Double(chosen.count) }
    }
    return means
  }
}

/// Computes the weights of a decoder's attention for a given translation.
struct Aligner {
  private let function: Function
  private let paths: [String]
  private let tokenizers: TokenizerPair
  private let sourceLength: Int
  private let targetLength: Int

  /// Builds the network with its attention weights among the results.
  ///
  /// - Throws: `NNError` for a decoder without attention.
  init(_ model: TrainedModel, variables: VariableStore, tokenizers: TokenizerPair) throws(NNError) {
    let row = model.signature.example
    self.tokenizers = tokenizers
    sourceLength = row.values.shape[0]
    targetLength = row.decoderValues?.shape[0] ?? 0
    let graph = Graph()
    let built = model.model.build(
      in: graph, input: graph.inputs(model.signature.batch(of: 1)), layout: model.layout,
      mode: .evaluation, observesAttention: true)
    try graph.validate()
    let observed = built.reports(of: ObservedAttention.self)
    guard !observed.isEmpty else {
      throw .invalid(
        "no layer of the decoder attends to the encoder's output",
        hint: "use transformer_decoder, dot_attention or additive_attention")
    }
    paths = observed.map(\.path)
    function = try Function(
      graph,
      outputs: observed.enumerated().map { ("\($0)", $1.weights) },
      variables: variables)
  }

  /// The weights for a text and its translation, both without the end token.
  ///
  /// - Throws: `NNError` for a translation that is longer than those of the training data.
  func alignment(of source: [TokenID], _ target: [TokenID]) throws(NNError) -> Alignment {
    let translation = try tokenizers.output.decode(target)
    guard target.count < targetLength else {
      throw .invalid(
        "the translation has \(target.count) tokens, those of the training data at most "
          + "\(targetLength - 1)")
    }
    let end = [SpecialToken.end.id]
    try function.write("input", filled(source + end, to: sourceLength))
    try function.write("lengths", HostTensor([Int32(source.count + 1)]))
    try function.write(
      "decoder_input", filled([SpecialToken.beginning.id] + target, to: targetLength))
    try function.run()
    let layers = paths.indices.map { index in
      Alignment.Layer(
        path: paths[index],
        weights: cropped(function.session.read("\(index)"), target.count + 1, source.count + 1))
    }
    return Alignment(
      sourceTokens: try labels(source, tokenizers.input),
      targetTokens: try labels(target, tokenizers.output), translation: translation, layers: layers)
  }

  private func filled(_ tokens: [TokenID], to length: Int) -> HostTensor {
    let padding = repeatElement(SpecialToken.padding.id, count: length - tokens.count)
    return HostTensor(tokens + padding, shape: [1, length])
  }

  /// Crops the weights [1, heads, targetLength, sourceLength] to the valid tokens.
  private func cropped(_ weights: HostTensor, _ targets: Int, _ sources: Int) -> HostTensor {
    let (heads, all) = (weights.shape[1], weights.doubles)
    let rows = (0..<heads).flatMap { head in
      (0..<targets).flatMap { target in
        all[((head * targetLength + target) * sourceLength)...].prefix(sources)
      }
    }
    return HostTensor(rows, shape: [heads, targets, sources])
  }

  private func labels(
    _ tokens: [TokenID], _ tokenizer: any Tokenizer
  ) throws(NNError) -> [String] {
    var labels: [String] = []
    for token in tokens {
      labels.append(String(decoding: try tokenizer.bytes(of: token), as: UTF8.self))
    }
    return labels + [Alignment.endLabel]
  }
}
