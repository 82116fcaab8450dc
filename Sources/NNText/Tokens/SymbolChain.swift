/// Two tokens that stand side by side.
struct TokenPair: Hashable, Sendable {
  let left: TokenID
  let right: TokenID
}

/// Pieces of text as chains of tokens, in which neighbours are joined without moving the others.
///
/// A token keeps the position of its first byte; positions in the middle of a token are empty.
struct SymbolChain {
  private(set) var tokens: [TokenID] = []
  private var previous: [Int32] = []
  private var next: [Int32] = []

  /// No token, no position.
  private static let none: Int32 = -1

  /// Adds a piece, one token for each byte.
  mutating func append(_ piece: some Collection<UInt8>) {
    let start = Int32(tokens.count)
    let end = start + Int32(piece.count)
    for (position, byte) in zip(start..., piece) {
      tokens.append(BytePairTokenizer.token(ofByte: byte))
      previous.append(position == start ? Self.none : position - 1)
      next.append(position + 1 == end ? Self.none : position + 1)
    }
  }

  mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
  }

  /// The position in front of one in the same piece, or nil.
  func position(before position: Int32) -> Int32? {
    let found = previous[Int(position)]
    return found == Self.none ? nil : found
  }

  /// The position behind one in the same piece, or nil.
  func position(after position: Int32) -> Int32? {
    let found = next[Int(position)]
    return found == Self.none ? nil : found
  }

  /// The token at a position and the one behind it, or nil at the end of a piece.
  func pair(at position: Int32) -> TokenPair? {
    self.position(after: position).map {
      TokenPair(left: tokens[Int(position)], right: tokens[Int($0)])
    }
  }

  /// Puts one token in the place of that at a position and the one behind it.
  mutating func join(at position: Int32, into token: TokenID) {
    guard let right = self.position(after: position) else {
      preconditionFailure("a token is joined with the one behind it")
    }
    let after = next[Int(right)]
    tokens[Int(position)] = token
    tokens[Int(right)] = Self.none
    // What is joined must not be taken for a pair again.
    next[Int(right)] = Self.none
    next[Int(position)] = after
    if after != Self.none { previous[Int(after)] = position }
  }
}
