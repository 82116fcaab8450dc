public import NNText

/// What the training data settle for all data that a network meets afterwards.
public struct DataEncoding: Sendable {
  /// The names of classes 0, 1, …; nil where the source has none.
  public var classNames: [String]?
  /// What turns texts into tokens; nil where rows are no texts.
  public var tokenizers: TokenizerPair?

  /// Puts the parts together.
  public init(classNames: [String]? = nil, tokenizers: TokenizerPair? = nil) {
    self.classNames = classNames
    self.tokenizers = tokenizers
  }
}

/// What turns texts into tokens: those that a network reads, and those that it writes.
public struct TokenizerPair: Sendable {
  /// For what the network reads.
  public let input: any Tokenizer
  /// For what it writes; the same for a model of one text.
  public let output: any Tokenizer

  /// Creates the pair; one tokenizer serves both.
  public init(input: any Tokenizer, output: (any Tokenizer)? = nil) {
    self.input = input
    self.output = output ?? input
  }
}
