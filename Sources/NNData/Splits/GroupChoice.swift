/// The choice of groups whose sizes add up to a number.
enum GroupChoice {
  /// Up to this product of groups and examples to choose the sum is the nearest one there is; beyond
  /// it, groups are first taken in their order until at most `lastExamples` are missing.
  private static let largestSearch = 1e9
  private static let lastExamples = 50_000

  /// The groups whose sizes add up to the number nearest to a target, the smaller one of two; at
  /// least one group and not all of them.
  ///
  /// A sum that several choices have is that of the groups that come first.
  ///
  /// - Parameters:
  ///   - sizes: The number of examples of each of two or more groups, at least 1 each.
  ///   - target: The number of examples to choose, at least 1.
  /// - Returns: The indices of the chosen groups, in ascending order.
  static func nearest(sizes: [Int], to target: Int) -> [Int] {
    var missing = target
    var taken: [Int] = []
    var rest = Array(sizes.indices)
    if Double(sizes.count) * Double(target) > largestSearch, target > lastExamples {
      rest = []
      for (index, size) in sizes.enumerated() {
        if missing - size >= lastExamples / 2 {
          taken.append(index)
          missing -= size
        } else {
          rest.append(index)
        }
      }
    }
    let total = rest.reduce(0) { $0 + sizes[$1] }
    // Of all groups one stays out; some have been taken if groups are left out of the search.
    let largest = min(2 * missing, total - 1)
    var sums = ReachableSums(upTo: max(0, largest))
    for (position, index) in rest.enumerated() where !sums.contains(missing) {
      sums.add(sizes[index], item: position)
    }
    guard let sum = sums.nearest(to: missing, atLeast: taken.isEmpty ? 1 : 0) else {
      // Every group is larger than twice the target.
      let smallest = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
      return [smallest]
    }
    return (taken + sums.items(of: sum) { sizes[rest[$0]] }.map { rest[$0] }).sorted()
  }
}

/// The sums of some of the items so far, up to a largest one (subset sums by dynamic programming).
private struct ReachableSums {
  private let largest: Int
  private var words: [UInt64]
  /// The item that made a sum reachable: the others of the sum come before it.
  private var lastItem: [Int32]

  init(upTo largest: Int) {
    self.largest = largest
    words = [UInt64](repeating: 0, count: largest / 64 + 1)
    words[0] = 1
    lastItem = [Int32](repeating: -1, count: largest + 1)
  }

  func contains(_ sum: Int) -> Bool {
    sum <= largest && words[sum / 64] >> UInt64(sum % 64) & 1 == 1
  }

  /// Adds an item to the sums so far.
  mutating func add(_ size: Int, item: Int) {
    guard size <= largest else { return }
    let (shift, offset) = (size / 64, UInt64(size % 64))
    // From above, so that the sums below are still those without the item.
    for index in stride(from: words.count - 1, through: shift, by: -1) {
      var moved = words[index - shift] << offset
      if offset > 0, index > shift { moved |= words[index - shift - 1] >> (64 - offset) }
      var new = moved & ~words[index]
      while new != 0 {
        let sum = index * 64 + new.trailingZeroBitCount
        new &= new - 1
        guard sum <= largest else { break }
        words[index] |= 1 << UInt64(sum % 64)
        lastItem[sum] = Int32(item)
      }
    }
  }

  /// The sum nearest to a target, the smaller one of two; nil for none from `least`.
  func nearest(to target: Int, atLeast least: Int) -> Int? {
    for distance in 0...max(target, largest) {
      if target - distance >= least, contains(target - distance) { return target - distance }
      if target + distance >= least, contains(target + distance) { return target + distance }
    }
    return nil
  }

  /// The items of a sum.
  func items(of sum: Int, size: (Int) -> Int) -> [Int] {
    var items: [Int] = []
    var rest = sum
    while rest > 0 {
      let item = Int(lastItem[rest])
      items.append(item)
      rest -= size(item)
    }
    return items
  }
}
