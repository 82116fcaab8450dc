public import NNCore

/// A tokenizer with one token for each of the most frequent words of the training text.
///
/// Words are runs of letters, of numerals, of other signs or of white space, with the space before
/// them: `the` and ` the` are two words, and decoding concatenates. So a text with only known words
/// is decoded to itself, byte for byte; other words are encoded as `SpecialToken.unknown` and
/// decoded to U+FFFD.
public struct WordTokenizer: Tokenizer {
  private let table: ByteStringTable
  private let strings: ByteStrings

  /// Collects the words of a text, the most frequent first, ties in the order of their bytes.
  ///
  /// - Parameters:
  ///   - text: The text to learn from.
  ///   - vocabularySize: The largest number of tokens, the 4 special ones included; nil (default)
  ///     for no limit.
  ///   - minimumCount: How often a word must appear to be included; 1 by default.
  /// - Throws: `NNError` when the text is empty, a number is out of its range, or no word appears
  ///   often enough.
  public init(
    training text: String, vocabularySize: Int? = nil, minimumCount: Int = 1
  ) throws(NNError) {
    guard vocabularySize ?? .max > SpecialToken.allCases.count else {
      throw .invalid(
        "vocabularySize \(vocabularySize ?? 0) leaves no room for words in addition to the "
          + "\(SpecialToken.allCases.count) special tokens; expected 5 or more")
    }
    let counts = try PieceCounts(text, minimumCount: minimumCount)
    let order = counts.pieces.indices.filter { counts[$0] >= minimumCount }.sorted {
      (first, second) in
      counts[first] != counts[second]
        ? counts[first] > counts[second]
        : counts.pieces[first].lexicographicallyPrecedes(counts.pieces[second])
    }
    guard !order.isEmpty else {
      throw .invalid("minimumCount \(minimumCount): no word appears that often")
    }
    let room = (vocabularySize ?? .max) - SpecialToken.allCases.count
    try self.init(words: order.prefix(room).map { Array(counts.pieces[$0]) })
  }

  /// Creates a tokenizer from words in UTF-8, which are numbered in this order.
  ///
  /// - Throws: `NNError` when there is none, or one is empty or appears twice.
  init(words: [[UInt8]]) throws(NNError) {
    guard !words.isEmpty else { throw .invalid("expected one word or more", at: "words") }
    var table = ByteStringTable()
    var strings = ByteStrings.specialTokens
    for (index, word) in words.enumerated() {
      guard !word.isEmpty else { throw .invalid("the word is empty", at: "words[\(index)]") }
      guard table.insert(word) == index else {
        throw .invalid(
          "the word \"\(String(decoding: word, as: UTF8.self))\" appears twice",
          at: "words[\(index)]")
      }
      strings.append(word)
    }
    self.table = table
    self.strings = strings
  }

  /// The words; word i is token i + 4.
  public var words: [String] {
    (0..<table.count).map { String(decoding: table.strings[$0], as: UTF8.self) }
  }

  /// The number of words plus 4.
  public var vocabularySize: Int { strings.count }

  /// The tokens of a text, one for each word; `SpecialToken.unknown` for unknown words.
  public func encode(_ text: String) -> [TokenID] {
    let first = TokenID(SpecialToken.allCases.count)
    return Array(text.utf8).withUnsafeBufferPointer { text in
      TextPieces(text).map { piece in
        table.number(of: UnsafeBufferPointer(rebasing: text[piece])).map { first + TokenID($0) }
          ?? SpecialToken.unknown.id
      }
    }
  }

  /// The word of a token in UTF-8.
  ///
  /// - Throws: `NNError` when there is no such token.
  public func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8> {
    try strings.bytes(of: token)
  }
}
