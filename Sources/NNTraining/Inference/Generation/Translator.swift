public import NNCore
import NNData
import NNGraph
import NNLayers
import NNText

/// Translates texts with a trained encoder–decoder.
///
/// ```swift
/// let translator = try Translator(TrainedModel(folder: RunFolder("runs/verses-1")))
/// print(try translator.translate("In the beginning"))
/// ```
///
/// Beam search keeps the `beamWidth` most probable hypotheses and returns the translation with the
/// highest log p / ((5 + length) / 6)^`lengthPenalty`; a width of 1 is greedy search. It stops once
/// `beamWidth` translations are complete and no hypothesis scores higher at its present length than
/// the worst of them. Not `Sendable`: use a translator in one task.
///
/// Source: Wu et al., "Google's neural machine translation system", 2016 (length penalty).
public final class Translator {
  /// The number of hypotheses.
  public let beamWidth: Int
  /// The preference for long translations; 0 for none.
  public let lengthPenalty: Double
  /// The maximum number of tokens of a translation, including the end token.
  public let maxLength: Int
  /// The maximum number of tokens of a source text, as in the training data.
  public var maxSourceLength: Int { sourceLength - 1 }

  private let tokenizers: TokenizerPair
  /// The number of texts translated in parallel.
  private let textsAtOnce: Int
  private let sourceLength: Int
  private let encoder: Function
  private let decoder: SequenceStepper
  private let memory: MemoryVariables
  private let variables: VariableStore
  private let model: TrainedModel
  private var aligner: Aligner?

  /// Prepares a model that was trained on pairs of texts.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - beamWidth: The number of hypotheses, at least 1; 4 by default.
  ///   - lengthPenalty: The preference for long translations, 0 or more; 1 by default.
  ///   - maxLength: The maximum number of tokens of a translation, including the end token; by
  ///     default that of the training data.
  ///   - textsAtOnce: The number of texts translated in parallel: more take more memory, but less
  ///     time per text; 1 by default.
  /// - Throws: `NNError` for a width below 1, a negative penalty, a model that was not trained on
  ///   pairs, or a decoder with layers that see later steps.
  public convenience init(
    _ model: TrainedModel, beamWidth: Int = 4, lengthPenalty: Double = 1, maxLength: Int? = nil,
    textsAtOnce: Int = 1
  ) throws(NNError) {
    try self.init(
      model, beam: BeamOptions(width: beamWidth, lengthPenalty: lengthPenalty),
      maxLength: maxLength, textsAtOnce: textsAtOnce)
  }

  /// Prepares a model with beam search options.
  ///
  /// - Throws: `NNError` for a model that was not trained on pairs, or a decoder with layers that
  ///   see later steps.
  public init(
    _ model: TrainedModel, beam: BeamOptions, maxLength: Int? = nil, textsAtOnce: Int = 1
  ) throws(NNError) {
    guard let tokenizers = model.encoding.tokenizers,
      let target = model.signature.example.decoderValues
    else {
      throw .invalid(
        "the run was trained on \(model.sourceKind), which has no translations",
        hint: "train on a source such as {pairs: sentences.tsv}")
    }
    self.model = model
    self.tokenizers = tokenizers
    lengthPenalty = beam.lengthPenalty
    let limit = maxLength ?? target.shape[0]
    guard (1...target.shape[0]).contains(limit) else {
      throw .invalid(
        "translations may have 1 to \(target.shape[0]) tokens, as in the training data, not \(limit)"
      )
    }
    self.maxLength = limit
    self.textsAtOnce = max(1, textsAtOnce)
    beamWidth = min(beam.width, (model.signature.vocabulary?.output ?? 1) - 1)
    sourceLength = model.signature.example.values.shape[0]
    variables = try model.variables()
    let graph = Graph()
    let built = model.model.build(
      in: graph, input: graph.inputs(model.signature.batch(of: self.textsAtOnce)),
      layout: model.layout, mode: .evaluation)
    try graph.validate()
    guard let encoded = built.memory else {
      throw .invalid("the network has no encoder", hint: "build it from an `encoder_decoder`")
    }
    encoder = try Function(
      graph, outputs: MemoryVariables.outputs(encoded), variables: variables)
    memory = MemoryVariables(encoded)
    decoder = try SequenceStepper(
      model.model, layout: model.layout, signature: model.signature, variables: variables,
      rows: self.textsAtOnce * beamWidth, memory: memory, reorders: beamWidth > 1)
  }

  /// Returns the most probable translation found.
  ///
  /// - Throws: `NNError` for a text without a token, one longer than those of the training data, or
  ///   characters that the model has never seen.
  public func translate(_ text: String) throws(NNError) -> String {
    try tokenizers.output.decode(search([translatableSource(of: text)])[0])
  }

  /// Prepares `alignment(of:translation:)`, so that a network without attention is reported early.
  ///
  /// - Throws: `NNError` for a decoder without attention to its encoder.
  public func prepareAlignments() throws(NNError) { _ = try alignerOfModel() }

  private func alignerOfModel() throws(NNError) -> Aligner {
    if let aligner { return aligner }
    let new = try Aligner(model, variables: variables, tokenizers: tokenizers)
    aligner = new
    return new
  }

  /// The attention weights of each token of a translation over the source tokens.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - translation: The translation to align; nil, the default, for the most probable one found.
  /// - Throws: `NNError` as `translate` does, for a translation longer than those of the training
  ///   data, or for a decoder without attention to its encoder.
  public func alignment(
    of text: String, translation: String? = nil
  ) throws(NNError) -> Alignment {
    let source = try translatableSource(of: text)
    let aligner = try alignerOfModel()
    let target: [TokenID]
    if let translation {
      target = try tokenizers.output.encode(translation)
    } else {
      target = try search([source])[0]
    }
    return try aligner.alignment(of: source.dropLast(), target)
  }

  /// The most probable translations of several texts; nil for texts without a token and for those
  /// longer than in the training data.
  ///
  /// - Throws: `NNError` that names the text with characters that the model has never seen.
  public func translateAll(_ texts: [String]) throws(NNError) -> [String?] {
    var sources: [[TokenID]] = []
    for (index, text) in texts.enumerated() {
      do throws(NNError) { sources.append(try source(of: text)) } catch {
        throw error.at("text \(index + 1)")
      }
    }
    // Texts of equal length finish together.
    let order = sources.indices
      .filter { (2...max(2, sourceLength)).contains(sources[$0].count) }
      .sorted { (sources[$0].count, $0) < (sources[$1].count, $1) }
    var translations = [String?](repeating: nil, count: texts.count)
    for start in stride(from: 0, to: order.count, by: textsAtOnce) {
      let part = order[start..<min(order.count, start + textsAtOnce)]
      for (index, tokens) in zip(part, try search(part.map { sources[$0] })) {
        translations[index] = try tokenizers.output.decode(tokens)
      }
    }
    return translations
  }

  /// The tokens of a text that can be translated, including the end token.
  private func translatableSource(of text: String) throws(NNError) -> [TokenID] {
    let source = try source(of: text)
    guard source.count > 1 else { throw .invalid("there is no text to translate") }
    guard source.count <= sourceLength else {
      throw .invalid(
        "the text has \(source.count - 1) tokens, those of the training data at most "
          + "\(maxSourceLength)", hint: "translate it sentence by sentence")
    }
    return source
  }

  /// The tokens of a text, including the end token.
  private func source(of text: String) throws(NNError) -> [TokenID] {
    try tokenizers.input.encode(text) + [SpecialToken.end.id]
  }

  /// Translates up to `textsAtOnce` texts.
  private func search(_ sources: [[TokenID]]) throws(NNError) -> [[TokenID]] {
    try encode(sources)
    decoder.reset()
    var searches = sources.map { _ in
      BeamSearch(width: beamWidth, lengthPenalty: lengthPenalty, maxLength: maxLength)
    }
    while !searches.allSatisfy(\.isFinished) {
      // Unused rows repeat the first text.
      let rows = (0..<textsAtOnce).flatMap { text in
        searches[text < searches.count ? text : 0].rows.map {
          ($0.token, text * beamWidth + $0.origin)
        }
      }
      decoder.read(rows.map(\.0), order: rows.map(\.1))
      let scores = decoder.scoreTensor
      if scores.dtype == .float64 {
        scores.withScalars(as: Double.self) { advance(&searches, $0) }
      } else {
        scores.withScalars(as: Float.self) { advance(&searches, $0) }
      }
    }
    return searches.map(\.tokens)
  }

  private func advance<Scalar: BinaryFloatingPoint>(
    _ searches: inout [BeamSearch], _ scores: UnsafeBufferPointer<Scalar>
  ) {
    let count = scores.count / textsAtOnce
    for index in searches.indices where !searches[index].isFinished {
      searches[index].advance(
        UnsafeBufferPointer(rebasing: scores[index * count..<(index + 1) * count]))
    }
  }

  /// Runs the encoder and stores its output for the decoder.
  private func encode(_ sources: [[TokenID]]) throws(NNError) {
    let rows = (0..<textsAtOnce).map { sources[$0 < sources.count ? $0 : 0] }
    let filled = rows.flatMap {
      $0 + repeatElement(SpecialToken.padding.id, count: sourceLength - $0.count)
    }
    try encoder.write("input", HostTensor(filled, shape: [textsAtOnce, sourceLength]))
    let lengths = rows.map { Int32($0.count) }
    try encoder.write("lengths", HostTensor(lengths))
    try encoder.run()
    try memory.store(encoder, lengths: lengths, repeating: beamWidth, in: variables)
  }
}
