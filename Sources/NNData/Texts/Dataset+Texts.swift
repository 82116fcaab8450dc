import NNCore
import NNText

/// Data sets whose inputs are texts and whose targets are not.
extension Dataset {
  /// Creates a data set of texts.
  ///
  /// - Parameters:
  ///   - texts: The texts.
  ///   - known: The encoding of the training data; nil for the training data themselves, to whose
  ///     texts a tokenizer is fitted.
  ///   - targets: One for each text.
  ///   - classNames: The names of the classes.
  ///   - request: The label that is ignored, and the number of tokens that the network embeds.
  ///   - weights: The weight of each example.
  /// - Throws: `NNError` as `Dataset.init` does, where no tokenizer can be fitted, where it has more tokens
  ///   than the network embeds, and for training data whose inputs are no texts.
  init(
    texts: RawTexts, known: DataEncoding?, targets: HostTensor, classNames: [String]?,
    request: DataRequest, weights: [Double]? = nil
  ) throws(NNError) {
    guard known?.readsTexts ?? true else {
      throw .invalid(
        "the inputs are texts, and those of the training data are not", at: texts.source,
        hint:
          "read all data of a run in the same way: {csv: FILE, text: COLUMN} or {text_folder: …}")
    }
    let trained = known
    let tokenizer: any Tokenizer
    if let known = trained?.tokenizers?.input {
      tokenizer = known
    } else {
      tokenizer = try texts.tokenizer(training: Array(texts.texts.indices))
    }
    if let size = request.vocabularySize, size < tokenizer.vocabularySize {
      throw .invalid(
        "the texts have \(tokenizer.vocabularySize) different tokens, and the embedding has vectors "
          + "for \(size)", at: texts.source,
        hint: "leave `num_embeddings` out, or set `vocabulary_size: \(size)` of the texts")
    }
    let limits = [texts.tokens.maxLength, trained?.textLength].compactMap(\.self)
    let encoded = try texts.encoded(tokenizer, limit: limits.min())
    let classCount =
      classNames?.count
      ?? (targets.dtype == .int32
        ? targets.withScalars(as: Int32.self) { max(1, Int($0.max() ?? 0) + 1) } : 1)
    try self.init(
      name: texts.source, source: encoded.inputs, targets: targets,
      vocabulary: trained?.vocabulary
        ?? VocabularySizes(input: tokenizer.vocabularySize, output: classCount),
      classNames: classNames, ignoredLabel: request.ignoredLabel,
      weights: weights)
    tokenizers = TokenizerPair(inputAlone: tokenizer)
    // Only training data are fitted, again without the validation rows.
    self.texts = known == nil ? texts : nil
    notes = encoded.notes
  }

  /// The same examples with a tokenizer that is trained on some of them alone.
  ///
  /// - Parameters:
  ///   - texts: The texts of the whole source.
  ///   - indices: The examples for training.
  func fittingTokenizer(
    of texts: RawTexts, to indices: [Int]
  ) throws(NNError) -> Dataset {
    let tokenizer = try texts.tokenizer(training: indices.map(sourceRow))
    var encoded = try texts.encoded(tokenizer, limit: texts.tokens.maxLength)
    // Later texts are cut to the longest training text; so are those that are held out.
    if let lengths = encoded.inputs.lengths?.scalars(as: Int32.self),
      let longest = indices.map({ Int(lengths[sourceRow(of: $0)]) }).max(),
      longest < encoded.inputs.values.shape[1]
    {
      encoded = try texts.encoded(tokenizer, limit: longest)
    }
    var fitted = self
    fitted.source = encoded.inputs.map { .memory($1) }
    fitted.tokenizers = TokenizerPair(inputAlone: tokenizer)
    fitted.vocabulary = VocabularySizes(
      input: tokenizer.vocabularySize, output: vocabulary?.output)
    // Notes about the file itself stay.
    fitted.notes = notes.filter { $0.subject == name } + encoded.notes
    return fitted
  }
}

extension DataEncoding {
  /// Whether inputs are texts and outputs are not, but classes or numbers.
  package var readsTexts: Bool { tokenizers.map { !$0.outputsAreTexts } ?? false }
}
