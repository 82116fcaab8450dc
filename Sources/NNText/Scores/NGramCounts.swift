/// How often each n-gram of a sequence appears.
struct NGramCounts<Element: Hashable> {
  private var counts: [ArraySlice<Element>: Int] = [:]
  /// How many n-grams there are, equal ones included.
  let total: Int

  /// Counts the runs of `order` neighbours.
  init(_ elements: [Element], order: Int) {
    total = max(0, elements.count - order + 1)
    for start in 0..<total { counts[elements[start..<start + order], default: 0] += 1 }
  }

  /// How many n-grams the two have in common, each as often as it appears in both.
  func matches(_ other: NGramCounts) -> Int {
    counts.reduce(0) { $0 + min($1.value, other.counts[$1.key, default: 0]) }
  }

  /// Raises each count to that of the other.
  mutating func formUnion(_ other: NGramCounts) {
    counts.merge(other.counts, uniquingKeysWith: max)
  }
}
