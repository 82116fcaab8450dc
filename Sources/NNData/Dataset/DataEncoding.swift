public import NNCore
public import NNText

/// The encoding of the training data, which all later data of a network must share.
public struct DataEncoding: Sendable {
  /// The names of classes 0, 1, …; nil where the source has none.
  public var classNames: [String]?
  /// The tokenizers; nil where examples are not texts.
  public var tokenizers: TokenizerPair?
  /// The names of the input columns in their order; nil where the source has none.
  public var featureNames: [String]?
  /// The names of the target columns; nil where the source has none.
  public var targetNames: [String]?
  /// The sizes of the vocabularies; nil where inputs are numbers.
  public var vocabulary: VocabularySizes?
  /// Whether targets are numbers or labels without names, so that texts are invalid; false by
  /// default.
  public var targetsAreNumeric: Bool
  /// The range of the inputs; nil where it is not known.
  public var inputUnit: InputUnit?
  /// How the columns of a table become inputs, in order; nil where they are numbers as they are.
  public var columns: [ColumnEncoding]?
  /// The number of tokens of the longest training text, to which later ones are cut; nil where inputs
  /// are not texts, or outputs are texts, too.
  public var textLength: Int?

  /// The names of the columns that inputs other than texts are read from; nil where the source has
  /// none.
  var inputColumns: [String]? { columns?.map(\.name) ?? (readsTexts ? nil : featureNames) }
  /// The names of all columns that inputs are read from.
  var allInputColumns: [String] { (readsTexts ? featureNames ?? [] : []) + (inputColumns ?? []) }

  /// Verifies that later data have as many encoded columns as the training data.
  ///
  /// - Parameter count: The number of columns that were found.
  func requireColumnCount(_ count: Int, at path: String) throws(NNError) {
    guard let columns, columns.count != count else { return }
    throw .invalid(
      "expected the \(columns.count) input columns of the training data, found \(count)", at: path)
  }

  /// Creates an encoding from its parts.
  public init(
    classNames: [String]? = nil, tokenizers: TokenizerPair? = nil, featureNames: [String]? = nil,
    targetNames: [String]? = nil, vocabulary: VocabularySizes? = nil,
    targetsAreNumeric: Bool = false, inputUnit: InputUnit? = nil, columns: [ColumnEncoding]? = nil,
    textLength: Int? = nil
  ) {
    self.classNames = classNames
    self.tokenizers = tokenizers
    self.featureNames = featureNames
    self.targetNames = targetNames
    self.vocabulary = vocabulary
    self.targetsAreNumeric = targetsAreNumeric
    self.inputUnit = inputUnit
    self.columns = columns
    self.textLength = textLength
  }
}

/// The tokenizers of a network's inputs and outputs.
public struct TokenizerPair: Sendable {
  /// The tokenizer of the input texts.
  public let input: any Tokenizer
  /// The tokenizer of the output texts; the same as `input` for language models, and where outputs
  /// are no texts.
  public let output: any Tokenizer
  /// Whether outputs are texts, as those of language models and translations; otherwise they are
  /// classes or numbers.
  public let outputsAreTexts: Bool

  /// Creates the pair; one tokenizer serves both by default.
  public init(input: any Tokenizer, output: (any Tokenizer)? = nil) {
    self.input = input
    self.output = output ?? input
    outputsAreTexts = true
  }

  /// Creates the tokenizer of inputs, for outputs that are no texts.
  public init(inputAlone tokenizer: any Tokenizer) {
    input = tokenizer
    output = tokenizer
    outputsAreTexts = false
  }
}
