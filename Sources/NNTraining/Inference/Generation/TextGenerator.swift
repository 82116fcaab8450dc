public import NNCore
import NNData
import NNGraph
import NNLayers
import NNText

/// Continues texts with a trained language model.
///
/// ```swift
/// let generator = try TextGenerator(TrainedModel(folder: RunFolder("runs/king-james-1")))
/// print(try generator.text(after: "And God said", count: 200, sampling: Sampling(topK: 20)))
/// ```
///
/// The same model, prompt, sampling and seed produce the same text for any number of threads. Not
/// `Sendable`: use a generator in one task.
public final class TextGenerator {
  private let tokenizer: any Tokenizer
  private let stepper: SequenceStepper

  /// Prepares a model that was trained on a text.
  ///
  /// - Throws: `NNError` for a model that was not trained on a text, or with layers that see later
  ///   steps.
  public init(_ model: TrainedModel) throws(NNError) {
    guard let tokenizers = model.encoding.tokenizers, tokenizers.outputsAreTexts,
      model.signature.example.decoderValues == nil
    else {
      throw .invalid(
        "the run was trained on \(model.sourceKind), which is not a text",
        hint: "train on a source such as {text: book.txt, context: 128}")
    }
    tokenizer = tokenizers.output
    stepper = try SequenceStepper(
      model.model, layout: model.layout, signature: model.signature, variables: model.variables(),
      rows: 1)
  }

  /// Continues a text.
  ///
  /// If the model has a limited context and the text becomes longer, the newer half of the context
  /// is read again, so that the text can continue.
  ///
  /// - Parameters:
  ///   - prompt: The beginning, at least one token.
  ///   - count: The number of tokens to add.
  ///   - sampling: How tokens are sampled.
  ///   - onText: Called with each piece of the continuation once it is complete; return false to
  ///     stop.
  /// - Returns: The continuation, without the prompt.
  /// - Throws: `NNError` for a prompt that is empty, longer than the context or contains characters
  ///   that the model has never seen.
  @discardableResult
  public func text(
    after prompt: String, count: Int, sampling: Sampling,
    onText: (String) -> Bool = { _ in true }
  ) throws(NNError) -> String {
    var tokens: [TokenID]
    do throws(NNError) { tokens = try tokenizer.encode(prompt) } catch {
      throw error.at("the prompt")
    }
    guard !tokens.isEmpty else {
      throw .invalid("the prompt is empty", hint: "give the beginning of a text")
    }
    if let capacity = stepper.capacity, tokens.count > capacity {
      throw .invalid(
        "the prompt has \(tokens.count) tokens, the model's context is \(capacity)",
        hint: "give a shorter prompt")
    }
    stepper.reset()
    stepper.read(sequence: tokens)
    var decoder = StreamingDecoder(tokenizer)
    var text = ""
    for step in 0..<max(0, count) {
      let token = sampling.token(
        from: stepper.scores[...], excluding: Self.neverWritten, step: step)
      let piece = try decoder.decode(token)
      text += piece
      if !piece.isEmpty, !onText(piece) { return text }
      tokens.append(token)
      guard step + 1 < count else { break }
      if let capacity = stepper.capacity, stepper.position == capacity {
        stepper.reset()
        stepper.read(sequence: tokens.suffix(max(1, capacity / 2)))
      } else {
        stepper.read([token])
      }
    }
    let rest = decoder.finish()
    if !rest.isEmpty { _ = onText(rest) }
    return text + rest
  }

  /// Special tokens, which have no text.
  private static let neverWritten = Set(SpecialToken.allCases.map(\.id))
}
