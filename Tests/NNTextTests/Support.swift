import NNCore
import NNText

/// Texts in which anything can go wrong.
enum Texts {
  /// Chosen ones: line ends, zeros, combining marks, joiners, every length of UTF-8, nothing.
  static let chosen: [String] = [
    "", "a", " ", "\n", "\0", "\u{FFFD}", "  ", "the cat  sat\n\n on\tthe mat. ", "\r\n\r\n",
    "a\r\nb",
    "don't 'tis l’eau '' 's a' a'1", "e\u{301}tude étude n\u{303}", "\u{301}", " \u{301}x",
    "1\u{301}",
    "👩‍👩‍👧 🇪🇸 👍🏽 1️⃣", "日本語の文です。", "नमस्ते १,२३", "می‌خواهم", "\u{FEFF}mark", "a\u{A0}b\u{3000}c",
    "<padding> <unk> \u{10FFFF}\u{E000}", "x1y22 3.14, -5!?…", "aaaaaaaa aaa aa a",
    "\0\0\0\u{1}\u{7F}",
    String(repeating: "ab", count: 300), String(repeating: " ", count: 50) + "end",
  ]

  private static let parts: [String] = [
    "a", "b", "c", "a", "b", "e", "the", "é", "e\u{301}", " ", " ", " ", "  ", "\n", "\r\n", "\t",
    "\0",
    "'", "’", "1", "23", "٣", ".", ",", "!", "👍", "👩‍👩‍👧", "\u{200D}", "\u{301}", "日", "本", "ß", "Ω",
    "\u{2009}", "\u{85}", "\u{1C}", "\u{FFFF}", "\u{10000}",
  ]

  /// A random text of `count` parts, every 16th any character at all.
  static func random(seed: UInt64, count: Int) -> String {
    let generator = Philox(seed: seed)
    var text = String.UnicodeScalarView()
    for index in 0..<count {
      let part = parts[generator.integer(index, below: parts.count)]
      text += part.unicodeScalars
      let any = Unicode.Scalar(UInt32(generator.integer(index + count, below: 0x110000)))
      if index % 16 == 15, let any { text.append(any) }
    }
    return String(text)
  }

  /// A random text over few letters, in which pairs repeat and overlap.
  static func repetitive(seed: UInt64, count: Int, letters: Int) -> String {
    let generator = Philox(seed: seed)
    let alphabet = Array("abcdefghij".prefix(letters)) + [" "]
    return String((0..<count).map { alphabet[generator.integer($0, below: alphabet.count)] })
  }
}

/// Whether two texts are the same bytes; `==` takes `é` in one and in two code points for equal.
func isIdentical(_ first: String, _ second: String) -> Bool {
  first.utf8.elementsEqual(second.utf8)
}

/// Splits a text by a pattern for the pieces.
func naivePieces(_ text: String) throws -> [[UInt8]] {
  let mark = #"\p{M}\u{200C}\u{200D}"#
  let pattern = [
    " ?[\\p{L}\(mark)](?:[\\p{L}\(mark)]|['\\u{2019}](?=\\p{L}))*",
    " ?\\p{N}[\\p{N}\(mark)]*",
    " ?[^\\s\\p{L}\\p{N}\(mark)][^\\s\\p{L}\\p{N}]*",
    "\\s+(?= \\S)",
    "\\s+",
  ].joined(separator: "|")
  let regex = try Regex(pattern).matchingSemantics(.unicodeScalar)
  return text.matches(of: regex).map { Array(text[$0.range].utf8) }
}

/// Byte-pair encoding as the book has it: every pair counted anew for every merge.
struct NaiveBytePairs {
  var merges: [(left: TokenID, right: TokenID)] = []
  private var bytes: [[UInt8]] = (0..<4).map { _ in [] } + (0...255).map { [UInt8($0)] }

  init(training text: String, merges limit: Int, minimumCount: Int) throws {
    var pieces: [[TokenID]: Int] = [:]
    for piece in try naivePieces(text) { pieces[piece.map { TokenID($0) + 4 }, default: 0] += 1 }
    while merges.count < limit {
      var counts: [[TokenID]: Int] = [:]
      for (piece, count) in pieces {
        for (left, right) in zip(piece, piece.dropFirst()) {
          counts[[left, right], default: 0] += count
        }
      }
      let best = counts.filter { $0.value >= minimumCount }.min { first, second in
        if first.value != second.value { return first.value > second.value }
        let (one, two) = (first.key.map { bytes[Int($0)] }, second.key.map { bytes[Int($0)] })
        return one[0] != two[0]
          ? one[0].lexicographicallyPrecedes(two[0]) : one[1].lexicographicallyPrecedes(two[1])
      }
      guard let pair = best?.key else { return }
      let token = TokenID(bytes.count)
      bytes.append(bytes[Int(pair[0])] + bytes[Int(pair[1])])
      merges.append((pair[0], pair[1]))
      var next: [[TokenID]: Int] = [:]
      for (piece, count) in pieces {
        next[Self.joined(piece, pair[0], pair[1], token), default: 0] += count
      }
      pieces = next
    }
  }

  /// The tokens of a text: every merge is made everywhere, one after the other.
  func encode(_ text: String) throws -> [TokenID] {
    try naivePieces(text).flatMap { piece in
      var tokens = piece.map { TokenID($0) + 4 }
      for (index, merge) in merges.enumerated() {
        tokens = Self.joined(tokens, merge.left, merge.right, TokenID(260 + index))
      }
      return tokens
    }
  }

  private static func joined(
    _ tokens: [TokenID], _ left: TokenID, _ right: TokenID, _ token: TokenID
  ) -> [TokenID] {
    var result: [TokenID] = []
    var index = 0
    while index < tokens.count {
      if index + 1 < tokens.count, tokens[index] == left, tokens[index + 1] == right {
        result.append(token)
        index += 2
      } else {
        result.append(tokens[index])
        index += 1
      }
    }
    return result
  }
}
