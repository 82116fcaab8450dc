/// The number that stands for a token: a row of an embedding, a class of the output.
///
/// As wide as the elements of an `int32` tensor, so that a list of them becomes one as it is.
public typealias TokenID = Int32

/// Tokens that stand for no text; every tokenizer has all of them under the same numbers.
public enum SpecialToken: TokenID, Sendable, CaseIterable {
  /// Fills sequences up to a common length: 0. Decoded, it is no text.
  case padding = 0
  /// Stands in front of a sequence: 1. Decoded, it is no text.
  case beginning = 1
  /// Stands behind a sequence: 2. Decoded, it is no text.
  case end = 2
  /// Stands for what the vocabulary lacks: 3. Decoded, it is U+FFFD, the replacement character.
  case unknown = 3

  /// The number of the token.
  public var id: TokenID { rawValue }

  /// The name in files: `padding`, `beginning`, `end`, `unknown`.
  var name: String { "\(self)" }

  /// What the token is decoded to, in UTF-8.
  var bytes: [UInt8] { self == .unknown ? Array("\u{FFFD}".utf8) : [] }
}
