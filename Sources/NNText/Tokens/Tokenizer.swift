public import NNCore

/// Turns text into numbers and back.
///
/// The numbers 0…3 are `SpecialToken`s; the tokens of the text follow. Text that looks like the
/// name of a special token is ordinary text: no text is ever encoded to padding, beginning or end.
///
/// A tokenizer is trained on a text by its initializer, and is a value that never changes
/// afterwards. `TokenizerFile` saves it and reads it back.
public protocol Tokenizer: Sendable {
  /// How many tokens there are, special ones included: ids are 0..<vocabularySize.
  var vocabularySize: Int { get }

  /// The tokens of a text, without beginning and end; an empty text has none.
  ///
  /// - Throws: `NNError` when the text holds what the vocabulary lacks and the tokenizer was not
  ///   told to take that as unknown.
  func encode(_ text: String) throws(NNError) -> [TokenID]

  /// What a token stands for, in UTF-8; a token may be a part of a character only.
  ///
  /// Padding, beginning and end are empty; unknown is U+FFFD.
  ///
  /// - Throws: `NNError` when there is no such token.
  func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8>
}

extension Tokenizer {
  /// The text of tokens, special ones passed over.
  ///
  /// Bytes that are no whole character, as when tokens were cut off or made up by a model, become
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
