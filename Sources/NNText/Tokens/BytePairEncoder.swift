/// Encodes the pieces of one text; each distinct piece is encoded once.
struct BytePairEncoder {
  /// A possible merge. Order: the earliest learnt first, then from left to right.
  private struct Step: Comparable {
    let token: TokenID
    let position: Int32

    static func < (first: Step, second: Step) -> Bool {
      (first.token, first.position) < (second.token, second.position)
    }
  }

  private let tokenizer: BytePairTokenizer
  private var chain = SymbolChain()
  private var pieces = ByteStringTable()
  /// The concatenated tokens of the pieces, and the end of each piece's tokens.
  private var encoded: [TokenID] = []
  private var ends: [Int] = []

  init(_ tokenizer: BytePairTokenizer) { self.tokenizer = tokenizer }

  /// The tokens of a text in UTF-8.
  mutating func tokens(of text: UnsafeBufferPointer<UInt8>) -> [TokenID] {
    var tokens: [TokenID] = []
    tokens.reserveCapacity(text.count / 3)
    for piece in TextPieces(text) {
      let piece = UnsafeBufferPointer(rebasing: text[piece])
      let number = pieces.insert(piece)
      if number == ends.count { encode(piece) }
      tokens += encoded[(number == 0 ? 0 : ends[number - 1])..<ends[number]]
    }
    return tokens
  }

  /// Applies all merges to a new piece, in the order in which they were learnt.
  ///
  /// A merge enables only later ones, since merges with its token were learnt after it.
  private mutating func encode(_ piece: UnsafeBufferPointer<UInt8>) {
    chain.removeAll()
    chain.append(piece)
    var queue = PriorityQueue(
      (0..<Int32(piece.count)).compactMap { step(at: $0) })
    while let step = queue.pop() {
      guard chain.pair(at: step.position) == tokenizer.pair(of: step.token) else { continue }
      chain.join(at: step.position, into: step.token)
      if let next = self.step(at: step.position) { queue.push(next) }
      if let before = chain.position(before: step.position), let next = self.step(at: before) {
        queue.push(next)
      }
    }
    encoded += chain.tokens.lazy.filter { $0 >= 0 }
    ends.append(encoded.count)
  }

  private func step(at position: Int32) -> Step? {
    chain.pair(at: position).flatMap(tokenizer.token(of:)).map {
      Step(token: $0, position: position)
    }
  }
}
