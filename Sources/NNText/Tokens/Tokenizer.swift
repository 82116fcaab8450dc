public import NNCore

/// Encodes text as token ids and decodes them.
///
/// Ids 0…3 are `SpecialToken`s; the other tokens follow. Text that looks like the name of a special
/// token is ordinary text: no text is ever encoded to padding, beginning or end.
///
/// A tokenizer is trained on a text by its initializer, and is a value that never changes
/// afterwards. `TokenizerFile` saves it and reads it back.
public protocol Tokenizer: Sendable {
  /// The number of tokens, special ones included: ids are 0..<vocabularySize.
  var vocabularySize: Int { get }

  /// The tokens of a text, without beginning and end; an empty text has none.
  ///
  /// - Throws: `NNError` when the text holds what the vocabulary lacks and the tokenizer does not
  ///   allow unknown text.
  func encode(_ text: String) throws(NNError) -> [TokenID]

  /// The text of a token, in UTF-8; it may be only a part of a character.
  ///
  /// Padding, beginning and end are empty; unknown is U+FFFD.
  ///
  /// - Throws: `NNError` when there is no such token.
  func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8>
}

extension Tokenizer {
  /// The text of tokens; padding, beginning and end tokens are skipped.
  ///
  /// Bytes that are not a complete character, such as in cut or generated token sequences, become
  /// U+FFFD.
  ///
  /// - Throws: `NNError` naming the first token that does not exist and its index.
  public func decode(_ tokens: [TokenID]) throws(NNError) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(tokens.count * 2)
    for (index, token) in tokens.enumerated() {
      do throws(NNError) {
        bytes += try self.bytes(of: token)
      } catch {
        throw error.at("tokens[\(index)]")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
