import NNCore
import NNText

/// Texts and their counterparts, such as sentences and translations: a pair a line, with a tab
/// between the two.
public struct PairsSource: Sendable, Hashable {
  /// The file's path; UTF-8.
  public var file: String
  /// What tokens are, on both sides.
  public var level: TokenLevel
  /// The most tokens of a side; longer pairs are left out. Nil keeps all.
  public var maxLength: Int?

  /// Describes pairs.
  public init(file: String, level: TokenLevel, maxLength: Int? = nil) {
    self.file = file
    self.level = level
    self.maxLength = maxLength
  }

  /// Reads the pairs as tokens.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - tokenizers: Those of the training data; nil to train one on each side.
  /// - Throws: `NNError` for a missing or empty file, one that is not UTF-8 (naming the byte), a line
  ///   without a tab, texts that a tokenizer cannot encode.
  func load(path: String, tokenizers: TokenizerPair?) throws(NNError) -> Dataset {
    let texts = try TextPairs(path: path)
    let known: TokenizerPair
    if let tokenizers {
      known = tokenizers
    } else {
      // Words end with a line; a line end is no character of either side.
      let separator = level == .character ? "" : "\n"
      known = TokenizerPair(
        input: try level.tokenizer(training: texts.sources.joined(separator: separator)),
        output: try level.tokenizer(training: texts.targets.joined(separator: separator)))
    }
    let pairs = try SentencePairs(
      texts, sourceTokenizer: known.input, targetTokenizer: known.output, maxLength: maxLength)
    var dataset = try Dataset(
      name: path,
      source: NetworkInput(
        pairs.sources, lengths: pairs.sourceLengths, decoderRows: pairs.decoderInputs),
      targets: pairs.labels,
      vocabulary: VocabularySizes(
        input: known.input.vocabularySize, output: known.output.vocabularySize))
    dataset.tokenizers = known
    dataset.pairs = texts
    return dataset
  }
}
