#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A normal distribution truncated to two limits.
enum TruncatedNormal {
  /// Returns the quantile function of the distribution for probabilities in (0, 1).
  static func quantile(
    mean: Double, std: Double, low: Double, high: Double
  ) -> @Sendable (_ share: Double) -> Double {
    let (first, last) = ((low - mean) / std, (high - mean) / std)
    // Probabilities near 1 lose the tail's digits; those near 0 underflow.
    if first > tailStart {
      let tail = NormalTail(from: first, to: last)
      return { low + std * tail.distance($0) }
    }
    if last < -tailStart {
      let tail = NormalTail(from: -last, to: -first)
      return { high - std * tail.distance($0) }
    }
    // The density is nearly constant over so small an interval.
    if last - first < 1e-7 { return { low + (high - low) * $0 } }
    let below = NormalDistribution.cumulative(first)
    let above = NormalDistribution.cumulative(last)
    return { mean + std * NormalDistribution.quantile(below + (above - below) * $0) }
  }

  /// The distance from the mean, in standard deviations, at which a tail begins: there 1 − Φ still
  /// has nine digits.
  private static let tailStart = 5.0
}

/// The standard normal distribution between two positive limits, computed from logarithms of
/// Q = 1 − Φ.
struct NormalTail {
  private let start: Double
  private let length: Double
  /// 1 − Q(end)/Q(start)
  private let probability: Double

  /// - Parameters:
  ///   - start: The nearer limit, about 5 or more.
  ///   - end: The farther limit, which may be infinite.
  init(from start: Double, to end: Double) {
    self.start = start
    length = start.isFinite ? end - start : 0
    probability = -expm1(Self.logRatio(from: start, length))
  }

  /// The distance from the nearer limit to the quantile of a probability.
  func distance(_ share: Double) -> Double {
    guard length > 0 else { return 0 }
    // Solves ln Q(start + d)/Q(start) = target. Without the slowly varying part of Q this is a
    // quadratic equation; Newton's method refines its solution.
    let target = log1p(-share * probability)
    var distance = -2 * target / (start + (start * start - 2 * target).squareRoot())
    for _ in 0..<8 {
      let step =
        (Self.logRatio(from: start, distance) - target) * Self.ratio(start + distance)
      distance += step
      if abs(step) <= distance * 0x1p-50 { break }
    }
    return min(max(distance, 0), length)
  }

  /// ln Q(start + distance)/Q(start)
  private static func logRatio(from start: Double, _ distance: Double) -> Double {
    guard distance > 0 else { return 0 }
    return -distance * (start + distance / 2) + log(ratio(start + distance) / ratio(start))
  }

  /// Mills' ratio Q/φ by Laplace's continued fraction 1/(x + 1/(x + 2/(x + …))).
  private static func ratio(_ x: Double) -> Double {
    var rest = x
    for term in stride(from: 30.0, through: 1, by: -1) { rest = x + term / rest }
    return 1 / rest
  }
}
