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
  ///   - others: The inputs next to the texts; none by default.
  /// - Throws: `NNError` as `Dataset.init` does, where no tokenizer can be fitted, where it has more tokens
  ///   than the network embeds, and for training data whose inputs are no texts.
  init(
    texts: RawTexts, known: DataEncoding?, targets: HostTensor, classNames: [String]?,
    request: DataRequest, weights: [Double]? = nil,
    others: [(name: String, part: ExampleRows)] = []
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
    var inputs: Ports<ExampleRows> = encoded.inputs.map { .memory($1) }
    for (name, part) in others { inputs[name] = part }
    try self.init(
      name: texts.source, rows: inputs, namedTargets: [PortName.target: targets],
      vocabulary: trained?.vocabulary
        ?? VocabularySizes(input: tokenizer.vocabularySize, targets: targets, classNames),
      classNames: classNames, featureNames: nil, ignoredLabel: request.ignoredLabel,
      weights: weights)
    tokenizers = TokenizerPair(inputAlone: tokenizer)
    // Only training data are fitted, again without the validation rows.
    self.texts = known == nil ? texts : nil
    notes = encoded.notes
  }

  /// Replaces the tokens by those of a tokenizer that is trained on some of the examples alone.
  ///
  /// - Parameters:
  ///   - texts: The texts of the whole source.
  ///   - indices: The examples for training.
  mutating func fitTokenizer(of texts: RawTexts, to indices: [Int]) throws(NNError) {
    let tokenizer = try texts.tokenizer(training: indices.map(sourceRow))
    var encoded = try texts.encoded(tokenizer, limit: texts.tokens.maxLength)
    // Later texts are cut to the longest training text; so are those that are held out.
    if let lengths = encoded.inputs.lengths?.scalars(as: Int32.self),
      let longest = indices.map({ Int(lengths[sourceRow(of: $0)]) }).max(),
      longest < encoded.inputs.values.shape[1]
    {
      encoded = try texts.encoded(tokenizer, limit: longest)
    }
    encoded.inputs.forEach { source[$0] = .memory($1) }
    tokenizers = TokenizerPair(inputAlone: tokenizer)
    vocabulary = VocabularySizes(input: tokenizer.vocabularySize, output: vocabulary?.output)
    notes += encoded.notes
  }
}

extension VocabularySizes {
  /// The sizes of a network that reads tokens or categories, for targets that are classes or numbers.
  init(input: Int, targets: HostTensor, _ classNames: [String]?) {
    let classCount =
      classNames?.count
      ?? (targets.dtype == .int32
        ? targets.withScalars(as: Int32.self) { max(1, Int($0.max() ?? 0) + 1) } : 1)
    self.init(input: input, output: classCount)
  }
}

extension DataEncoding {
  /// Whether inputs are texts and outputs are not, but classes or numbers.
  package var readsTexts: Bool { tokenizers.map { !$0.outputsAreTexts } ?? false }
}
