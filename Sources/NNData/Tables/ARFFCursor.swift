import NNCore

/// The tokens of a line of an ARFF file.
struct ARFFCursor {
  /// A word or value.
  struct Token {
    let bytes: [UInt8]
    let isQuoted: Bool
    /// The text, which is UTF-8 as the whole file is.
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// Whether it marks a missing value.
    var isMissing: Bool { !isQuoted && bytes == [UInt8(ascii: "?")] }
  }

  private let bytes: ArraySlice<UInt8>
  private let place: String
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>, at place: String) {
    self.bytes = bytes
    self.place = place
    position = bytes.startIndex
  }

  /// The next byte after spaces; nil at the end of the line and before a comment.
  mutating func peek() -> UInt8? {
    while position < bytes.endIndex, Self.isSpace(bytes[position]) { position += 1 }
    guard position < bytes.endIndex, bytes[position] != UInt8(ascii: "%") else { return nil }
    return bytes[position]
  }

  /// Skips a byte if it is the next one.
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  /// Reads a quoted text, or the bytes up to a space or one of `ends`.
  ///
  /// - Throws: `NNError` where there is none, or where a quote is not closed.
  mutating func token(endingAt ends: String = "") throws(NNError) -> Token {
    guard let first = peek(), !ends.utf8.contains(first) else {
      throw .invalid("expected a value, found \(found)", at: place)
    }
    var token: [UInt8] = []
    guard first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") else {
      while position < bytes.endIndex, !Self.isSpace(bytes[position]),
        bytes[position] != UInt8(ascii: "%"), !ends.utf8.contains(bytes[position])
      {
        token.append(bytes[position])
        position += 1
      }
      return Token(bytes: token, isQuoted: false)
    }
    position += 1
    while position < bytes.endIndex, bytes[position] != first {
      if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.endIndex { position += 1 }
      token.append(bytes[position])
      position += 1
    }
    guard position < bytes.endIndex else { throw .invalid("a quote is not closed", at: place) }
    position += 1
    return Token(bytes: token, isQuoted: true)
  }

  /// Throws unless the line ends here.
  mutating func requireEnd() throws(NNError) {
    guard peek() == nil else {
      throw .invalid("expected the end of the line, found \(found)", at: place)
    }
  }

  /// The rest of the line for messages.
  var found: String {
    let rest = bytes[position...]
    return rest.isEmpty
      ? "the end of the line" : "\"\(String(decoding: rest, as: UTF8.self).shortened(to: 40))\""
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }
}
