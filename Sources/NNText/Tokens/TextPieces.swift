/// Pre-tokenization: splits a text in UTF-8 into words and the text between them. The pieces joined
/// are the text.
///
/// A piece is one of these, as long as possible:
/// - letters, with apostrophes (`'` or `’`) between two of them, as in `don't`;
/// - digits and other numerals;
/// - other characters that are not white space;
///
/// each with the one space before it, if there is one; or
/// - white space, except for a space that belongs to the next piece.
///
/// Combining marks and joiners belong to the piece that they occur in. Similar to GPT-2's pattern:
/// `the` in the middle of a sentence is ` the`.
struct TextPieces: Sequence, IteratorProtocol {
  private enum Kind { case letter, digit, other, space, mark }

  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// Walks over valid UTF-8, which must outlive the walk.
  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// The range of the next piece.
  mutating func next() -> Range<Int>? {
    guard position < text.count else { return nil }
    let start = position
    if scalar(at: position).kind == .space {
      let last = skipSpace()
      guard position < text.count, text[last] == 0x20 else { return start..<position }
      if last > start {
        position = last
        return start..<last
      }
    }
    skipRun()
    return start..<position
  }

  /// Skips white space; returns the position of its last character.
  private mutating func skipSpace() -> Int {
    var last = position
    while position < text.count {
      let scalar = scalar(at: position)
      guard scalar.kind == .space else { break }
      last = position
      position += scalar.length
    }
    return last
  }

  /// Skips the run of characters of one kind that begins here.
  private mutating func skipRun() {
    let first = scalar(at: position)
    let kind = first.kind == .mark ? .letter : first.kind
    position += first.length
    while position < text.count {
      let scalar = scalar(at: position)
      if scalar.kind == kind || scalar.kind == .mark {
        position += scalar.length
      } else if kind == .letter, let apostrophe = apostropheLength,
        position + apostrophe < text.count,
        self.scalar(at: position + apostrophe).kind == .letter
      {
        position += apostrophe
      } else {
        return
      }
    }
  }

  /// The bytes of the apostrophe at the position, or nil.
  private var apostropheLength: Int? {
    if text[position] == UInt8(ascii: "'") { return 1 }
    let isTypographic =
      text[position] == 0xE2 && text[position + 1] == 0x80 && text[position + 2] == 0x99
    return isTypographic ? 3 : nil
  }

  private func scalar(at index: Int) -> (kind: Kind, length: Int) {
    let lead = text[index]
    guard lead >= 0x80 else {
      switch lead {
      case 0x41...0x5A, 0x61...0x7A: return (.letter, 1)
      case 0x30...0x39: return (.digit, 1)
      case 0x20, 0x09...0x0D: return (.space, 1)
      default: return (.other, 1)
      }
    }
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    var value = UInt32(lead) & (0xFF >> (UInt32(length) + 1))
    for offset in 1..<length { value = value << 6 | UInt32(text[index + offset] & 0x3F) }
    return (Unicode.Scalar(value).map(Self.kind) ?? .other, length)
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    // Zero width non-joiner and joiner occur within words and within emoji.
    if scalar == "\u{200C}" || scalar == "\u{200D}" { return .mark }
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
    case .decimalNumber, .letterNumber, .otherNumber: return .digit
    default: return .other
    }
  }
}
