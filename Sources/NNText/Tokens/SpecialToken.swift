/// The number of a token: a row of an embedding, a class of the output.
///
/// It has the type of the elements of an `int32` tensor, so a list of them becomes a tensor without
/// conversion.
public typealias TokenID = Int32

/// Tokens that are not text; every tokenizer has all of them, with the same numbers.
public enum SpecialToken: TokenID, Sendable, CaseIterable {
  /// Pads sequences to a common length: 0. Decoded to nothing.
  case padding = 0
  /// Precedes a sequence (BOS): 1. Decoded to nothing.
  case beginning = 1
  /// Follows a sequence (EOS): 2. Decoded to nothing.
  case end = 2
  /// Replaces text that the vocabulary lacks: 3. Decoded to U+FFFD, the replacement character.
  case unknown = 3

  /// The number of the token.
  public var id: TokenID { rawValue }

  /// The name in files: `padding`, `beginning`, `end`, `unknown`.
  var name: String { "\(self)" }

  /// The text that the token is decoded to, in UTF-8.
  var bytes: [UInt8] { self == .unknown ? Array("\u{FFFD}".utf8) : [] }
}
