public import NNCore

/// What is done to a text before it is encoded.
public struct TextPreparation: Sendable, Hashable {
  /// Whether it is converted to lower case, by Unicode's mapping without a locale.
  public let lowercase: Bool
  /// Whether a text that starts with no white space gets a space in front, so that its first word is
  /// the same token as elsewhere.
  public let leadingSpace: Bool

  /// Creates a preparation; by default texts stay as they are.
  public init(lowercase: Bool = false, leadingSpace: Bool = false) {
    self.lowercase = lowercase
    self.leadingSpace = leadingSpace
  }

  /// Whether texts stay as they are.
  public var isIdentity: Bool { !lowercase && !leadingSpace }

  /// The prepared text; an empty one stays empty.
  public func callAsFunction(_ text: String) -> String {
    let own = lowercase ? text.lowercased() : text
    guard leadingSpace, let first = own.unicodeScalars.first, !first.properties.isWhitespace else {
      return own
    }
    return " " + own
  }
}

/// A tokenizer that prepares a text before another tokenizer encodes it.
///
/// Decoding returns the prepared text.
public struct PreparedTokenizer: Tokenizer {
  /// The tokenizer of the prepared texts.
  public let base: any Tokenizer
  /// What is done to texts.
  public let preparation: TextPreparation

  /// Creates the tokenizer; `base` is one that was trained on prepared texts.
  public init(_ base: any Tokenizer, _ preparation: TextPreparation) {
    self.base = base
    self.preparation = preparation
  }

  /// The number of tokens of `base`.
  public var vocabularySize: Int { base.vocabularySize }

  /// The tokens of the prepared text.
  ///
  /// - Throws: `NNError` as `base` does.
  public func encode(_ text: String) throws(NNError) -> [TokenID] {
    try base.encode(preparation(text))
  }

  /// The text of a token, in UTF-8.
  ///
  /// - Throws: `NNError` when there is no such token.
  public func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8> {
    try base.bytes(of: token)
  }
}
