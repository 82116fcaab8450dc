public import NNCore

/// Byte-level byte-pair encoding: frequent words are one token, rare ones several, and no text is
/// unknown.
///
/// The tokens are the 4 special ones, the 256 bytes (byte b is token 4 + b), and one for each merge
/// of two tokens, in the order in which training found them. Merges stay within a word and the
/// space before it. Decoding returns the encoded text byte for byte.
///
/// Sources: Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword units",
/// ACL 2016; over bytes as in Radford et al., "Language models are unsupervised multitask
/// learners", 2019.
public struct BytePairTokenizer: Tokenizer {
  private let pairs: [TokenPair]
  private let tokens: [TokenPair: TokenID]
  private let strings: ByteStrings

  /// Learns merges from a text.
  ///
  /// The same text always results in the same merges: equally frequent pairs are ordered by the
  /// bytes of the left token, then of the right token.
  ///
  /// - Parameters:
  ///   - text: The text to learn from.
  ///   - merges: The largest number of merges; the vocabulary has 260 more tokens. There are fewer
  ///     when no remaining pair appears often enough.
  ///   - minimumCount: How often a pair must appear to be merged; 2 by default.
  /// - Throws: `NNError` when the text is empty or longer than 2³¹ − 1 bytes, or a number is out of
  ///   its range.
  public init(training text: String, merges: Int, minimumCount: Int = 2) throws(NNError) {
    guard (0...Self.largestMergeCount).contains(merges) else {
      throw .invalid("merges is \(merges); expected 0...\(Self.largestMergeCount)")
    }
    var trainer = BytePairTrainer(
      try PieceCounts(text, minimumCount: minimumCount), minimumCount: minimumCount)
    try self.init(pairs: trainer.merges(limit: merges))
  }

  /// Creates a tokenizer from merges.
  ///
  /// - Throws: `NNError` when a merge has a token that does not exist yet or is special, or appears
  ///   twice, and when all tokens together take more than 16 MiB.
  init(pairs: [TokenPair]) throws(NNError) {
    var strings = Self.firstTokens
    var tokens: [TokenPair: TokenID] = [:]
    for (index, pair) in pairs.enumerated() {
      let known = TokenID(SpecialToken.allCases.count)..<TokenID(strings.count)
      for token in [pair.left, pair.right] where !known.contains(token) {
        throw .invalid(
          "token \(token) cannot be merged here; expected one of \(known)", at: "merges[\(index)]")
      }
      guard tokens.updateValue(TokenID(strings.count), forKey: pair) == nil else {
        throw .invalid(
          "the merge [\(pair.left), \(pair.right)] appears twice", at: "merges[\(index)]")
      }
      // A few merges that each double a token would take gigabytes.
      let length = strings.range(Int(pair.left)).count + strings.range(Int(pair.right)).count
      guard strings.bytes.count + length <= Self.largestByteCount else {
        throw .invalid(
          "the tokens have more than \(MemoryLimit.text(Self.largestByteCount)) together",
          at: "merges[\(index)]")
      }
      strings.append(strings[Int(pair.left)] + strings[Int(pair.right)])
    }
    self.pairs = pairs
    self.tokens = tokens
    self.strings = strings
  }

  /// The merges in the order in which they are applied; merge i makes token 260 + i.
  public var merges: [(left: TokenID, right: TokenID)] { pairs.map { ($0.left, $0.right) } }

  /// The number of merges plus 260.
  public var vocabularySize: Int { strings.count }

  /// The tokens of a text; every text can be encoded.
  ///
  /// - Throws: `NNError` when the text is longer than 2³¹ − 1 bytes.
  public func encode(_ text: String) throws(NNError) -> [TokenID] {
    guard text.utf8.count <= Int32.max else {
      throw .invalid("the text has \(text.utf8.count) bytes; at most \(Int32.max) can be encoded")
    }
    var encoder = BytePairEncoder(self)
    return Array(text.utf8).withUnsafeBufferPointer { encoder.tokens(of: $0) }
  }

  /// The bytes of a token, which may be only a part of a character.
  ///
  /// - Throws: `NNError` when there is no such token.
  public func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8> {
    try strings.bytes(of: token)
  }

  /// The pair that a merge's token consists of.
  func pair(of token: TokenID) -> TokenPair { pairs[Int(token) - Self.firstTokens.count] }

  /// The token that a pair is merged to, or nil.
  func token(of pair: TokenPair) -> TokenID? { tokens[pair] }

  /// The token of a byte.
  static func token(ofByte byte: UInt8) -> TokenID {
    TokenID(SpecialToken.allCases.count) + TokenID(byte)
  }

  /// The tokens without any merge: the special ones and the bytes.
  static let firstTokens = (UInt8.min...UInt8.max).reduce(into: ByteStrings.specialTokens) {
    $0.append(CollectionOfOne($1))
  }

  /// The largest size of all tokens together, in bytes.
  private static let largestByteCount = 1 << 24

  /// The largest number of merges for which every token has an id.
  private static let largestMergeCount = Int(TokenID.max) - firstTokens.count
}
