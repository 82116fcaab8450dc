/// Counts of values in bins of equal width.
package struct HistogramBins: Sendable, Hashable {
  /// Where the first bin begins.
  package let start: Double
  /// The width of each bin.
  package let width: Double
  /// The number of values in each bin; the last bin includes its right edge.
  package let counts: [Int]

  /// Counts the finite values.
  ///
  /// Without a count of bins their width is 2 · IQR / ∛n (Freedman and Diaconis, 1981), and the
  /// range over ⌈log₂ n⌉ + 1 bins (Sturges, 1926) where half of the values are equal; never more
  /// than 200.
  package init(values: [Double], count: Int? = nil) {
    let sorted = values.filter { $0.magnitude <= 1e300 }.sorted()
    guard let least = sorted.first, let greatest = sorted.last else {
      (start, width, counts) = (0, 1, [])
      return
    }
    let span = greatest - least
    // Bins narrower than that have no edges of their own.
    guard span > max(1e-12 * max(least.magnitude, greatest.magnitude), 1e-300) else {
      width = max(0.1 * least.magnitude, 0.1)
      start = least - width / 2
      counts = [sorted.count]
      return
    }
    let number = max(1, min(count ?? Self.count(sorted, span: span), 200))
    let step = span / Double(number)
    var tally = [Int](repeating: 0, count: number)
    for value in sorted { tally[min(Int((value - least) / step), number - 1)] += 1 }
    (start, width, counts) = (least, step, tally)
  }

  /// Where a bin begins, which is where the one before ends.
  package func edge(_ index: Int) -> Double { start + Double(index) * width }

  private static func count(_ sorted: [Double], span: Double) -> Int {
    let size = Double(sorted.count)
    let range = quantile(sorted, 0.75) - quantile(sorted, 0.25)
    guard range > 0 else {
      return Int((decimalLogarithm(size) / decimalLogarithm(2)).rounded(.up)) + 1
    }
    return Int(min((span / (2 * range / power(size, 1.0 / 3))).rounded(.up), 200))
  }

  private static func quantile(_ sorted: [Double], _ part: Double) -> Double {
    let position = part * Double(sorted.count - 1)
    let index = min(Int(position), sorted.count - 1)
    let next = min(index + 1, sorted.count - 1)
    let fraction = position - Double(index)
    return sorted[index] * (1 - fraction) + sorted[next] * fraction
  }
}
