import NNCore

/// The distinct pieces of a text in the order in which they appear, and how often each does.
struct PieceCounts {
  let pieces: ByteStrings
  private let counts: [Int]

  /// Counts the pieces of a text to train a tokenizer on.
  ///
  /// - Throws: `NNError` when the text is empty or longer than 2³¹ − 1 bytes, or `minimumCount` is
  ///   not positive.
  init(_ text: String, minimumCount: Int) throws(NNError) {
    guard minimumCount >= 1 else {
      throw .invalid("minimumCount is \(minimumCount); expected 1 or more")
    }
    guard !text.isEmpty else {
      throw .invalid("the text to train a tokenizer on is empty; expected one character or more")
    }
    guard text.utf8.count <= Int32.max else {
      throw .invalid(
        "the text to train a tokenizer on has \(text.utf8.count) bytes; at most \(Int32.max) fit",
        hint: "train on a part of it")
    }
    var table = ByteStringTable()
    var counts: [Int] = []
    Array(text.utf8).withUnsafeBufferPointer { text in
      for piece in TextPieces(text) {
        let number = table.insert(UnsafeBufferPointer(rebasing: text[piece]))
        if number == counts.count { counts.append(0) }
        counts[number] += 1
      }
    }
    pieces = table.strings
    self.counts = counts
  }

  /// How often a piece appears.
  subscript(number: Int) -> Int { counts[number] }
}
