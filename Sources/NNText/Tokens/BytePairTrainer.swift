/// Finds the merges of byte-pair encoding.
///
/// The most frequent pair of neighbours becomes a token, repeatedly. Pairs are counted once and
/// then updated: a merge visits only the positions of its pair. With n bytes in distinct pieces,
/// the time is O(n log n), whatever the number of merges.
///
/// Source: Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword units",
/// ACL 2016.
struct BytePairTrainer {
  /// A pair and its positions; positions at which it no longer occurs are not removed.
  private struct Occurrences {
    let pair: TokenPair
    /// How often the pair occurs in the text.
    var count = 0
    /// Ascending, since all are added in one pass over ascending positions.
    var positions: [Int32] = []
  }

  /// A pair with its count at the time when it was pushed to the queue.
  private struct Candidate: Comparable {
    let count: Int
    let left: [UInt8]
    let right: [UInt8]
    let number: Int

    /// The more frequent first, then by the bytes of the left and of the right token; tokens of
    /// equal bytes in the order in which the pairs were found.
    static func < (first: Candidate, second: Candidate) -> Bool {
      if first.count != second.count { return first.count > second.count }
      if first.left != second.left { return first.left.lexicographicallyPrecedes(second.left) }
      if first.right != second.right { return first.right.lexicographicallyPrecedes(second.right) }
      return first.number < second.number
    }
  }

  private let minimumCount: Int
  private var strings: [[UInt8]]
  private var chain = SymbolChain()
  /// How often the piece of each position appears.
  private var weights: [Int] = []
  private var numbers: [TokenPair: Int] = [:]
  private var found: [Occurrences] = []
  private var queue = PriorityQueue<Candidate>()

  /// Counts the pairs of bytes; a pair must appear `minimumCount` times to be merged.
  init(_ counts: PieceCounts, minimumCount: Int) {
    self.minimumCount = minimumCount
    strings = BytePairTokenizer.firstTokens.indices.map { Array(BytePairTokenizer.firstTokens[$0]) }
    for piece in counts.pieces.indices {
      let start = chain.tokens.count
      chain.append(counts.pieces[piece])
      weights += repeatElement(counts[piece], count: chain.tokens.count - start)
    }
    for position in Int32(0)..<Int32(chain.tokens.count) { add(at: position) }
    queue = PriorityQueue(found.indices.compactMap(candidate))
  }

  /// The best merges in order, at most `limit`.
  mutating func merges(limit: Int) -> [TokenPair] {
    var merges: [TokenPair] = []
    while merges.count < limit, let candidate = queue.pop() {
      guard candidate.count == found[candidate.number].count else {
        // The pair has become rarer since: it is pushed again with its present count.
        if let candidate = self.candidate(candidate.number) { queue.push(candidate) }
        continue
      }
      merges.append(found[candidate.number].pair)
      merge(candidate.number)
    }
    return merges
  }

  /// Merges a pair into one token wherever it occurs.
  private mutating func merge(_ number: Int) {
    let pair = found[number].pair
    let token = TokenID(strings.count)
    strings.append(strings[Int(pair.left)] + strings[Int(pair.right)])
    let firstNew = found.count
    let positions = found[number].positions
    found[number].positions = []
    for position in positions where chain.pair(at: position) == pair {
      let before = chain.position(before: position)
      if let before { remove(at: before) }
      if let right = chain.position(after: position) { remove(at: right) }
      chain.join(at: position, into: token)
      if let before { add(at: before) }
      add(at: position)
    }
    found[number].count = 0
    // Only pairs with the new token have become more frequent, and they are all new.
    for number in firstNew..<found.count {
      if let candidate = candidate(number) { queue.push(candidate) }
    }
  }

  private func candidate(_ number: Int) -> Candidate? {
    let occurrences = found[number]
    guard occurrences.count >= minimumCount else { return nil }
    return Candidate(
      count: occurrences.count, left: strings[Int(occurrences.pair.left)],
      right: strings[Int(occurrences.pair.right)], number: number)
  }

  /// Counts the pair at a position, if there is one.
  private mutating func add(at position: Int32) {
    guard let pair = chain.pair(at: position) else { return }
    let number = numbers[pair, default: found.count]
    if number == found.count {
      numbers[pair] = number
      found.append(Occurrences(pair: pair))
    }
    found[number].count += weights[Int(position)]
    found[number].positions.append(position)
  }

  /// Removes the pair at a position, if there is one, from the count.
  private mutating func remove(at position: Int32) {
    guard let pair = chain.pair(at: position), let number = numbers[pair] else { return }
    found[number].count -= weights[Int(position)]
  }
}
