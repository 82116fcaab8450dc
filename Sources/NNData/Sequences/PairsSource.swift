import NNCore
import NNText

/// Pairs of texts, such as sentences and translations: one pair per line, with a tab between the
/// two.
public struct PairsSource: Sendable, Hashable {
  /// The file's path; UTF-8.
  public var file: String
  /// The kind of tokens, on both sides.
  public var level: TokenLevel
  /// The largest number of tokens of a side; longer pairs are left out. Nil (default) keeps all.
  public var maxLength: Int?

  /// Creates a source of pairs.
  public init(file: String, level: TokenLevel, maxLength: Int? = nil) {
    self.file = file
    self.level = level
    self.maxLength = maxLength
  }

  /// Reads the pairs as tokens.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - tokenizers: Those of the training data; nil to train one on each side.
  /// - Throws: `NNError` for a missing or empty file, one that is not UTF-8 (naming the byte), a
  ///   line without a tab, texts that a tokenizer cannot encode.
  func load(path: String, tokenizers: TokenizerPair?) throws(NNError) -> Dataset {
    let texts = try TextPairs(path: path)
    let known: TokenizerPair
    if let tokenizers {
      known = tokenizers
    } else {
      // Words end at a line end, which is not a character of either vocabulary.
      let separator = level == .character ? "" : "\n"
      known = TokenizerPair(
        input: try level.tokenizer(training: texts.sources.joined(separator: separator)),
        output: try level.tokenizer(training: texts.targets.joined(separator: separator)))
    }
    let pairs = try SentencePairs(
      texts, sourceTokenizer: known.input, targetTokenizer: known.output, maxLength: maxLength)
    var dataset = try Dataset(
      name: path,
      source: Ports(
        pairs.sources, lengths: pairs.sourceLengths, decoderValues: pairs.decoderInputs),
      targets: pairs.labels,
      vocabulary: VocabularySizes(
        input: known.input.vocabularySize, output: known.output.vocabularySize))
    dataset.tokenizers = known
    dataset.pairs = texts
    return dataset
  }
}
