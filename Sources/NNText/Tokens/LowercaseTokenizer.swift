public import NNCore

/// A tokenizer of texts in lower case: a text is converted before another tokenizer encodes it.
///
/// Letters follow Unicode's mapping without a locale. Decoding returns the converted text.
public struct LowercaseTokenizer: Tokenizer {
  /// The tokenizer of the converted texts.
  public let base: any Tokenizer

  /// Creates the tokenizer; `base` is one that was trained on texts in lower case.
  public init(_ base: any Tokenizer) { self.base = (base as? LowercaseTokenizer)?.base ?? base }

  /// The number of tokens of `base`.
  public var vocabularySize: Int { base.vocabularySize }

  /// The tokens of a text in lower case.
  ///
  /// - Throws: `NNError` as `base` does.
  public func encode(_ text: String) throws(NNError) -> [TokenID] {
    try base.encode(text.lowercased())
  }

  /// The text of a token, in UTF-8.
  ///
  /// - Throws: `NNError` when there is no such token.
  public func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8> {
    try base.bytes(of: token)
  }
}
