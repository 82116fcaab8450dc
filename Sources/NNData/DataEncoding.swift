public import NNCore
public import NNText

/// What the training data settle for all data that a network meets afterwards.
public struct DataEncoding: Sendable {
  /// The names of classes 0, 1, …; nil where the source has none.
  public var classNames: [String]?
  /// What turns texts into tokens; nil where rows are no texts.
  public var tokenizers: TokenizerPair?
  /// The names of the input columns in their order; nil where the source has none.
  public var featureNames: [String]?
  /// The names of the target columns; nil where the source has none.
  public var targetNames: [String]?
  /// How many tokens there are; nil where rows are numbers.
  public var vocabulary: VocabularySizes?
  /// Whether targets are labels without names or numbers, so that a text is none of them; false by
  /// default.
  public var targetsAreNumeric: Bool
  /// What the inputs were measured in; nil where that is not known.
  public var inputUnit: InputUnit?

  /// Puts the parts together.
  public init(
    classNames: [String]? = nil, tokenizers: TokenizerPair? = nil, featureNames: [String]? = nil,
    targetNames: [String]? = nil, vocabulary: VocabularySizes? = nil,
    targetsAreNumeric: Bool = false, inputUnit: InputUnit? = nil
  ) {
    self.classNames = classNames
    self.tokenizers = tokenizers
    self.featureNames = featureNames
    self.targetNames = targetNames
    self.vocabulary = vocabulary
    self.targetsAreNumeric = targetsAreNumeric
    self.inputUnit = inputUnit
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
