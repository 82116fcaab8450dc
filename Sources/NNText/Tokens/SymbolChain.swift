/// Two adjacent tokens.
struct TokenPair: Hashable, Sendable {
  let left: TokenID
  let right: TokenID
}

/// Pieces of text as linked lists of tokens, in which neighbours are merged without moving others.
///
/// A token keeps the position of its first byte; positions inside a token are empty.
struct SymbolChain {
  private(set) var tokens: [TokenID] = []
  private var previous: [Int32] = []
  private var next: [Int32] = []

  /// Marks an empty position, and the end of a list.
  private static let none: Int32 = -1

  /// Appends a piece, with one token for each byte.
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

  /// The position of the token before a position in the same piece, or nil.
  func position(before position: Int32) -> Int32? {
    let found = previous[Int(position)]
    return found == Self.none ? nil : found
  }

  /// The position of the token after a position in the same piece, or nil.
  func position(after position: Int32) -> Int32? {
    let found = next[Int(position)]
    return found == Self.none ? nil : found
  }

  /// The token at a position and the one after it, or nil at the end of a piece.
  func pair(at position: Int32) -> TokenPair? {
    self.position(after: position).map {
      TokenPair(left: tokens[Int(position)], right: tokens[Int($0)])
    }
  }

  /// Replaces the token at a position and the one after it by one token.
  mutating func join(at position: Int32, into token: TokenID) {
    guard let right = self.position(after: position) else {
      preconditionFailure("there is no token to join after position \(position)")
    }
    let after = next[Int(right)]
    tokens[Int(position)] = token
    tokens[Int(right)] = Self.none
    // The joined token must not be found as part of a pair again.
    next[Int(right)] = Self.none
    next[Int(position)] = after
    if after != Self.none { previous[Int(after)] = position }
  }
}
