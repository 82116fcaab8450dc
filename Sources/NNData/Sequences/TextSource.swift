import NNCore
import NNText

/// A text for language modelling: each token is predicted from those before it.
public struct TextSource: Sendable, Hashable {
  /// The file's path; UTF-8.
  public var file: String
  /// The kind of tokens.
  public var level: TokenLevel
  /// The context length: the number of tokens in a window.
  public var context: Int
  /// The number of tokens at the start of a window that are only context, without targets.
  public var overlap: Int
  /// The part of the text, as fractions of its characters.
  public var part: TextPart

  /// Creates a source; by default of the whole text.
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
  ///   - path: The file's path.
  ///   - tokenizers: Those of the training data; nil to train one on this text.
  /// - Throws: `NNError` for a missing or empty file, one that is not UTF-8 (naming the byte), a
  ///   text shorter than the context, characters that the tokenizer does not know.
  func load(path: String, tokenizers: TokenizerPair?) throws(NNError) -> Dataset {
    let whole = try TextFile.read(path)
    let text = part.of(whole)
    let tokenizer: any Tokenizer
    if let known = tokenizers?.input {
      tokenizer = known
    } else {
      do throws(NNError) {
        // The characters come from the whole text, so that other parts can be encoded as well.
        tokenizer = try level.tokenizer(training: level == .character ? whole : text)
      } catch { throw error.at(path) }
    }
    let windows = try TextWindows(
      text, tokenizer: tokenizer, context: context, overlap: overlap, at: path)
    var dataset = try Dataset(
      name: path, source: Ports(windows.inputs), targets: windows.targets,
      vocabulary: VocabularySizes(input: tokenizer.vocabularySize))
    dataset.tokenizers = TokenizerPair(input: tokenizer)
    dataset.charactersPerToken = windows.charactersPerToken
    // Overlapping windows hold each other's targets.
    if overlap > 0 { dataset.timeOrder = TimeOrder(sharedTargets: 0) }
    return dataset
  }
}
