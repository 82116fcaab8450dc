public import NNCore

/// Decodes tokens one at a time, as a model generates them.
///
/// A character whose bytes are spread over several tokens is returned with the last of them. All
/// texts joined equal `Tokenizer.decode` of all tokens.
public struct StreamingDecoder: Sendable {
  private let tokenizer: any Tokenizer
  /// The first bytes of a character that is not complete yet.
  private var pending: [UInt8] = []

  /// Creates a decoder at the beginning of a text.
  public init(_ tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

  /// The characters that a token completes; often none or several.
  ///
  /// - Throws: `NNError` when there is no such token.
  public mutating func decode(_ token: TokenID) throws(NNError) -> String {
    pending += try tokenizer.bytes(of: token)
    let complete = pending.count - incompleteCount
    defer { pending.removeFirst(complete) }
    return String(decoding: pending[..<complete], as: UTF8.self)
  }

  /// The rest of the text: U+FFFD for a character that was cut off, else nothing.
  public mutating func finish() -> String {
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// The number of bytes at the end that begin an incomplete character.
  private var incompleteCount: Int {
    for (index, byte) in pending.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > index + 1 ? index + 1 : 0
    }
    return 0
  }
}
