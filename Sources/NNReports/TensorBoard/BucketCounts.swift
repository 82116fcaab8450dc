/// A histogram of 30 buckets of equal width between minimum and maximum, with the sums that
/// TensorBoard shows.
package struct BucketCounts: Equatable {
  /// The number of buckets, unless all numbers are equal.
  package static let bucketCount = 30

  package private(set) var count = 0
  package private(set) var minimum = 0.0
  package private(set) var maximum = 0.0
  package private(set) var sum = 0.0
  package private(set) var sumOfSquares = 0.0
  /// The upper limit of each bucket, exclusive except for the last one.
  package private(set) var limits: [Double] = []
  /// The number of values in each bucket.
  package private(set) var counts: [Double] = []

  /// Counts finite numbers.
  package init(_ numbers: some Collection<Double>) {
    guard let first = numbers.first else { return }
    (minimum, maximum) = (first, first)
    for number in numbers {
      count += 1
      minimum = min(minimum, number)
      maximum = max(maximum, number)
      sum += number
      sumOfSquares += number * number
    }
    let width = (maximum - minimum) / Double(Self.bucketCount)
    guard width > 0 else {
      limits = [maximum]
      counts = [Double(count)]
      return
    }
    limits = (1..<Self.bucketCount).map { minimum + Double($0) * width } + [maximum]
    counts = [Double](repeating: 0, count: Self.bucketCount)
    for number in numbers {
      counts[min(Self.bucketCount - 1, Int((number - minimum) / width))] += 1
    }
  }
}
