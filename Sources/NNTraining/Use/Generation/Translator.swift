public import NNCore
import NNData
import NNGraph
import NNLayers
import NNText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Translates texts with a trained encoder–decoder.
///
/// ```swift
/// let translator = try Translator(TrainedModel(folder: RunFolder("runs/verses-1")))
/// print(try translator.translate("In the beginning"))
/// ```
///
/// Beam search keeps the `beamWidth` most probable beginnings and ends with the text of the greatest
/// log p / ((5 + length) / 6)^`lengthPenalty`; a width of 1 is greedy search. Not `Sendable`: one
/// task uses a translator.
///
/// Source: Wu et al., "Google's neural machine translation system", 2016 (length penalty).
public final class Translator {
  /// How many beginnings are followed.
  public let beamWidth: Int
  /// How much long translations are preferred; 0 not at all.
  public let lengthPenalty: Double
  /// The most tokens of a translation.
  public let maxLength: Int

  private let tokenizers: TokenizerPair
  private let sourceLength: Int
  private let encoder: Session
  private let decoder: SequenceStepper
  private let memory: MemoryVariables
  private let variables: VariableStore

  /// Prepares a model that was trained on pairs of texts.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - beamWidth: How many beginnings are followed, 1 or more; 4 by default.
  ///   - lengthPenalty: 0 or more; 1 by default.
  ///   - maxLength: The most tokens of a translation; by default as many as the training data had.
  /// - Throws: `NNError` for a width below 1, a negative penalty, a model of other data, and one with
  ///   layers that look ahead in its decoder.
  public init(
    _ model: TrainedModel, beamWidth: Int = 4, lengthPenalty: Double = 1, maxLength: Int? = nil
  ) throws(NNError) {
    guard beamWidth >= 1 else {
      throw .invalid("the beam must be 1 or wider, got \(beamWidth)")
    }
    guard lengthPenalty >= 0, lengthPenalty.isFinite else {
      throw .invalid("the length penalty must be 0 or more, got \(lengthPenalty)")
    }
    guard let tokenizers = model.encoding.tokenizers, let target = model.signature.row.decoderRows
    else {
      throw .invalid(
        "the run was trained on \(model.config.data.train.kind), which has no translations",
        hint: "train on a source such as {pairs: sentences.tsv}")
    }
    self.tokenizers = tokenizers
    self.lengthPenalty = lengthPenalty
    let limit = maxLength ?? target.shape[0]
    guard (1...target.shape[0]).contains(limit) else {
      throw .invalid(
        "translations may have 1 to \(target.shape[0]) tokens, as in the training data, not \(limit)"
      )
    }
    self.maxLength = limit
    self.beamWidth = min(beamWidth, (model.signature.vocabulary?.output ?? 1) - 1)
    sourceLength = model.signature.row.rows.shape[0]
    variables = try model.variables()
    let graph = Graph()
    let built = model.model.build(
      in: graph, input: graph.inputs(model.signature.batch(of: 1)), layout: model.layout,
      mode: .evaluation)
    try graph.validate()
    guard let encoded = built.memory else {
      throw .invalid("the network has no encoder", hint: "build it of an `encoder_decoder`")
    }
    encoder = Session(
      try Plan(graph, fetches: MemoryVariables.fetches(encoded)), variables: variables)
    memory = MemoryVariables(encoded)
    decoder = try SequenceStepper(
      model.model, layout: model.layout, signature: model.signature, variables: variables,
      rows: self.beamWidth, memory: memory, reorders: self.beamWidth > 1)
  }

  /// The most probable translation that is found.
  ///
  /// - Throws: `NNError` for a text without a token, one longer than those of the training data, and
  ///   characters that the model has never seen.
  public func translate(_ text: String) throws(NNError) -> String {
    let source = try tokenizers.input.encode(text) + [SpecialToken.end.id]
    guard source.count > 1 else { throw .invalid("there is no text to translate") }
    guard source.count <= sourceLength else {
      throw .invalid(
        "the text has \(source.count - 1) tokens, those of the training data at most "
          + "\(sourceLength - 1)", hint: "translate it sentence by sentence")
    }
    let padding = [TokenID](
      repeating: SpecialToken.padding.id, count: sourceLength - source.count)
    encoder.write("input", HostTensor(source + padding, shape: [1, sourceLength]))
    encoder.write("lengths", HostTensor([Int32(source.count)]))
    encoder.run()
    decoder.reset()
    memory.store(encoder, length: source.count, rows: beamWidth, in: variables)
    return try tokenizers.output.decode(search())
  }

  /// A beginning of a translation.
  private struct Hypothesis {
    var tokens: [TokenID] = []
    var logProbability = 0.0
    /// The row whose past it goes on with.
    var row = 0
  }

  private func search() -> [TokenID] {
    var beams = [Hypothesis()]
    var best: (tokens: [TokenID], score: Double) = ([], -.infinity)
    for length in 1...maxLength {
      // Rows without a hypothesis of their own repeat the first.
      let rows = (0..<beamWidth).map { beams[min($0, beams.count - 1)] }
      decoder.read(
        rows.map { $0.tokens.last ?? SpecialToken.beginning.id }, order: rows.map(\.row))
      let scores = decoder.scores
      let width = scores.count / beamWidth
      var candidates: [Hypothesis] = []
      for (row, beam) in beams.enumerated() {
        candidates += extensions(
          of: beam, row: row, scores[row * width..<(row + 1) * width],
          mustEnd: length == maxLength)
      }
      candidates.sort { ($1.logProbability, $0.row) < ($0.logProbability, $1.row) }
      if beamWidth == 1, let first = candidates.first, first.tokens.last == SpecialToken.end.id {
        return first.tokens.dropLast()
      }
      beams = []
      for candidate in candidates where beams.count < beamWidth {
        guard candidate.tokens.last == SpecialToken.end.id else {
          beams.append(candidate)
          continue
        }
        let score = score(candidate.logProbability, length: length)
        if score > best.score { best = (candidate.tokens.dropLast(), score) }
      }
      // No beginning can overtake once the best of them is behind even at full length.
      guard let leader = beams.first,
        score(leader.logProbability, length: maxLength) > best.score
      else { break }
    }
    return best.tokens
  }

  /// The most probable ways to go on with a beginning.
  private func extensions(
    of beam: Hypothesis, row: Int, _ scores: ArraySlice<Double>, mustEnd: Bool
  ) -> [Hypothesis] {
    func extended(_ token: Int) -> Hypothesis {
      Hypothesis(
        tokens: beam.tokens + [TokenID(token)],
        logProbability: beam.logProbability + scores[scores.startIndex + token], row: row)
    }
    if mustEnd { return [extended(Int(SpecialToken.end.id))] }
    let written = (0..<scores.count).filter { !Self.neverWritten.contains(TokenID($0)) }
    return largest(beamWidth + 1, of: written) { scores[scores.startIndex + $0] }.map(extended)
  }

  private func score(_ logProbability: Double, length: Int) -> Double {
    logProbability / pow((5 + Double(length)) / 6, lengthPenalty)
  }

  private static let neverWritten: Set<TokenID> = [
    SpecialToken.padding.id, SpecialToken.beginning.id, SpecialToken.unknown.id,
  ]
}

/// The elements with the greatest values, the greatest first, the earlier of equals first.
private func largest(_ count: Int, of elements: [Int], by value: (Int) -> Double) -> [Int] {
  var kept: [Int] = []
  for element in elements {
    if kept.count == count, let last = kept.last, value(element) <= value(last) { continue }
    let place = kept.firstIndex { value($0) < value(element) } ?? kept.count
    kept.insert(element, at: place)
    if kept.count > count { kept.removeLast() }
  }
  return kept
}
