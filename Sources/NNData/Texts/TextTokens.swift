import NNCore
import NNText

/// How texts that are a network's input become tokens. The tokenizer is trained on the training
/// texts alone.
public struct TextTokens: Sendable, Hashable {
  /// What becomes of a text that is empty or missing.
  public enum EmptyPolicy: String, Sendable, Hashable, CaseIterable {
    /// An error that names the text.
    case error
    /// One unknown token.
    case unknown
  }

  /// The kind of tokens; words by default.
  public var level: TokenLevel
  /// Whether texts are converted to lower case first; true by default.
  public var lowercase: Bool
  /// The largest number of tokens; longer texts are cut at the end, which `Dataset.notes` counts.
  /// Nil (default) for no limit.
  public var maxLength: Int?
  /// What becomes of a text that is empty or missing; an error by default.
  public var empty: EmptyPolicy

  /// Words that appear twice or more: rarer ones train the vector of unknown words, which later
  /// texts need.
  public static let standardLevel = TokenLevel.word(vocabularySize: 20000, minimumCount: 2)

  /// Creates the description.
  public init(
    level: TokenLevel = standardLevel, lowercase: Bool = true, maxLength: Int? = nil,
    empty: EmptyPolicy = .error
  ) {
    self.level = level
    self.lowercase = lowercase
    self.maxLength = maxLength
    self.empty = empty
  }

  /// Trains a tokenizer on texts.
  ///
  /// - Throws: `NNError` if all texts are empty, or no word appears often enough.
  func tokenizer(training texts: [String]) throws(NNError) -> any Tokenizer {
    guard texts.contains(where: { !RawTexts.isEmpty($0) }) else {
      throw .invalid("all texts are empty")
    }
    // Single characters have no words.
    let preparation = TextPreparation(lowercase: lowercase, leadingSpace: level != .character)
    // Words end at a line end, which is not a character of the vocabulary.
    let joined = texts.map { preparation($0) }
      .joined(separator: level == .character ? "" : "\n")
    let tokenizer: any Tokenizer
    do throws(NNError) {
      tokenizer = try level.tokenizer(training: joined, allowsUnknown: true)
    } catch {
      guard case .word(_, let count) = level, count > 1 else { throw error }
      throw .invalid(
        "no word appears \(count) times or more in the training texts",
        hint: "set `min_count: 1`, or use `level: char`")
    }
    return preparation.isIdentity ? tokenizer : PreparedTokenizer(tokenizer, preparation)
  }
}
