public import NNCore

/// A tokenizer with one token for each character of the training text.
///
/// A character is a Unicode scalar (a code point): `é` written as `e` and a combining accent is
/// two, and so is the line end CR LF. Decoding returns the encoded text byte for byte.
public struct CharacterTokenizer: Tokenizer {
  /// The characters in the order of their code points; character i is token i + 4.
  public let characters: [Unicode.Scalar]
  /// Whether other characters are encoded as `SpecialToken.unknown`; otherwise they are errors.
  public let allowsUnknown: Bool

  private let strings: ByteStrings
  /// The tokens of ASCII characters, −1 where there is none.
  private let asciiTokens: [TokenID]
  private let otherTokens: [Unicode.Scalar: TokenID]

  /// Collects the characters of a text.
  ///
  /// - Parameters:
  ///   - text: The text to learn from.
  ///   - allowsUnknown: Whether `encode` returns `SpecialToken.unknown` for characters that `text`
  ///     lacks. If false (default), they are errors, so encoding loses nothing.
  /// - Throws: `NNError` when the text is empty.
  public init(training text: String, allowsUnknown: Bool = false) throws(NNError) {
    try self.init(
      characters: Set(text.unicodeScalars).sorted(), allowsUnknown: allowsUnknown)
  }

  /// Creates a tokenizer from characters, which are numbered in this order.
  ///
  /// - Throws: `NNError` when there is none or one appears twice.
  init(characters: [Unicode.Scalar], allowsUnknown: Bool) throws(NNError) {
    guard !characters.isEmpty else {
      throw .invalid("the text to train a tokenizer on is empty; expected one character or more")
    }
    var strings = ByteStrings.specialTokens
    var asciiTokens = [TokenID](repeating: -1, count: 128)
    var otherTokens: [Unicode.Scalar: TokenID] = [:]
    for (index, character) in characters.enumerated() {
      let token = TokenID(strings.count)
      let known =
        character.isASCII
        ? asciiTokens[Int(character.value)] : otherTokens[character, default: -1]
      guard known < 0 else {
        throw .invalid("\(describe(character)) appears twice", at: "characters[\(index)]")
      }
      if character.isASCII {
        asciiTokens[Int(character.value)] = token
      } else {
        otherTokens[character] = token
      }
      strings.append(UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
    }
    self.characters = characters
    self.allowsUnknown = allowsUnknown
    self.strings = strings
    self.asciiTokens = asciiTokens
    self.otherTokens = otherTokens
  }

  /// The number of characters plus 4.
  public var vocabularySize: Int { strings.count }

  /// The tokens of a text, one for each character.
  ///
  /// - Throws: `NNError` naming the first character that the vocabulary lacks, with line and
  ///   column, unless the tokenizer allows unknown characters.
  public func encode(_ text: String) throws(NNError) -> [TokenID] {
    var tokens: [TokenID] = []
    tokens.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
      let token =
        character.isASCII
        ? asciiTokens[Int(character.value)] : otherTokens[character, default: -1]
      guard token >= 0 || allowsUnknown else {
        throw unknown(character, text.unicodeScalars.prefix(tokens.count))
      }
      tokens.append(token >= 0 ? token : SpecialToken.unknown.id)
    }
    return tokens
  }

  /// The character of a token in UTF-8.
  ///
  /// - Throws: `NNError` when there is no such token.
  public func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8> {
    try strings.bytes(of: token)
  }

  private func unknown(
    _ character: Unicode.Scalar, _ before: String.UnicodeScalarView.SubSequence
  ) -> NNError {
    let line = before.count { $0 == "\n" } + 1
    let column = before.reversed().prefix { $0 != "\n" }.count + 1
    return .invalid(
      "character \(before.count + 1) (line \(line), column \(column)) is \(describe(character)), "
        + "which is not among the \(characters.count) of the vocabulary",
      hint:
        "the vocabulary is that of the training text; leave the character out, or train on text "
        + "that has it")
  }
}

/// A character as errors show it: `"é" (U+00E9)`.
private func describe(_ character: Unicode.Scalar) -> String {
  let digits = String(character.value, radix: 16, uppercase: true)
  let padding = String(repeating: "0", count: max(0, 4 - digits.count))
  return "\"\(character.escaped(asASCII: false))\" (U+\(padding)\(digits))"
}
