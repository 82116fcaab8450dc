/// How often each n-gram of a sequence appears.
struct NGramCounts<Element: Hashable> {
  private var counts: [ArraySlice<Element>: Int] = [:]
  /// The number of n-grams, repeated ones included.
  let total: Int

  /// Counts the n-grams with n = `order`.
  init(_ elements: [Element], order: Int) {
    total = max(0, elements.count - order + 1)
    for start in 0..<total { counts[elements[start..<start + order], default: 0] += 1 }
  }

  /// The number of n-grams that the two have in common, each counted as often as it is in both.
  func matches(_ other: NGramCounts) -> Int {
    counts.reduce(0) { $0 + min($1.value, other.counts[$1.key, default: 0]) }
  }

  /// Sets each count to the larger of the two.
  mutating func formUnion(_ other: NGramCounts) {
    counts.merge(other.counts, uniquingKeysWith: max)
  }
}
