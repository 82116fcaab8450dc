import NNCore
import NNText

/// What the tokens of a text are.
public enum TokenLevel: Sendable, Hashable {
  /// A token for each character of the text, whichever part of it is trained on.
  case character
  /// A token for each word, up to a size of the vocabulary; other words are unknown.
  case word(vocabularySize: Int)
  /// A token for each byte and for so many frequent runs of bytes.
  case bytePair(merges: Int)

  /// Trains a tokenizer.
  ///
  /// - Throws: `NNError` for an empty text.
  func tokenizer(training text: String) throws(NNError) -> any Tokenizer {
    switch self {
    case .character: try CharacterTokenizer(training: text)
    case .word(let size): try WordTokenizer(training: text, vocabularySize: size)
    case .bytePair(let merges): try BytePairTokenizer(training: text, merges: merges)
    }
  }
}

/// A text to learn to go on with: every token is to be foretold from those before it.
public struct TextSource: Sendable, Hashable {
  /// The file's path; UTF-8.
  public var file: String
  /// What tokens are.
  public var level: TokenLevel
  /// How many tokens the network sees.
  public var context: Int
  /// How many tokens at the start of a window are there to be looked back at alone.
  public var overlap: Int
  /// Which part of the text, by shares of its characters.
  public var part: TextPart

  /// Describes a text; by default all of it.
  public init(
    file: String, level: TokenLevel, context: Int, overlap: Int = 0, part: TextPart = .whole
  ) {
    self.file = file
    self.level = level
    self.context = context
    self.overlap = overlap
    self.part = part
  }

  /// Reads the text as windows of tokens.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - tokenizers: Those of the training data; nil to train one on this text.
  /// - Throws: `NNError` for a missing or empty file, one that is not UTF-8 (naming the byte), a text
  ///   shorter than the context, characters that the tokenizer does not know.
  func load(path: String, tokenizers: TokenizerPair?) throws(NNError) -> Dataset {
    let whole = try TextFile.read(path)
    let text = part.of(whole)
    let tokenizer: any Tokenizer
    if let known = tokenizers?.input {
      tokenizer = known
    } else {
      do throws(NNError) {
        // An alphabet is nothing that is learnt of a part, and other parts must be readable.
        tokenizer = try level.tokenizer(training: level == .character ? whole : text)
      } catch { throw error.at(path) }
    }
    let windows = try TextWindows(
      text, tokenizer: tokenizer, context: context, overlap: overlap, at: path)
    var dataset = try Dataset(
      name: path, source: NetworkInput(windows.inputs), targets: windows.targets,
      vocabulary: VocabularySizes(input: tokenizer.vocabularySize))
    dataset.tokenizers = TokenizerPair(input: tokenizer)
    dataset.charactersPerToken = windows.charactersPerToken
    // Windows that overlap hold each other's targets.
    if overlap > 0 { dataset.rowOrder = RowOrder(sharedTargets: 0) }
    return dataset
  }
}
