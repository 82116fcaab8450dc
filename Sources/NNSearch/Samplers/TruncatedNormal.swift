#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A normal distribution restricted to an interval that contains its mean.
struct TruncatedNormal: Sendable {
  private let mean: Double
  private let width: Double
  private let low: Double
  private let high: Double
  private let logTotal: Double

  init(mean: Double, width: Double, low: Double, high: Double) {
    self.mean = mean
    self.width = width
    self.low = low
    self.high = high
    logTotal = Normal.logMass(from: (low - mean) / width, to: (high - mean) / width)
  }

  /// The logarithm of the density; −∞ outside the interval.
  func logDensity(_ x: Double) -> Double {
    guard x >= low, x <= high else { return -.infinity }
    let z = (x - mean) / width
    return -z * z / 2 - 0.5 * log(2 * .pi) - log(width) - logTotal
  }

  /// The logarithm of the probability of a part of the interval.
  func logMass(from left: Double, to right: Double) -> Double {
    Normal.logMass(from: (left - mean) / width, to: (right - mean) / width) - logTotal
  }

  /// The number that a share of all numbers do not exceed.
  func quantile(_ share: Double) -> Double {
    let (below, above) = (
      Normal.cumulative((low - mean) / width), Normal.cumulative(-(high - mean) / width)
    )
    let inside = 1 - below - above
    // From the end that is nearer, so that nothing cancels.
    let z =
      share < 0.5
      ? Normal.quantile(below + share * inside) : -Normal.quantile(above + (1 - share) * inside)
    return min(max(mean + width * z, low), high)
  }
}

/// The standard normal distribution.
enum Normal {
  /// The probability of numbers up to z.
  static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// The logarithm of the probability of numbers up to z, accurate in the left tail.
  static func logCumulative(_ z: Double) -> Double {
    if z > 6 { return -cumulative(-z) }
    if z > -20 { return log(cumulative(z)) }
    // φ(z)/|z| · (1 − 1/z² + 3/z⁴ − 15/z⁶ + …)
    var (sum, term) = (1.0, 1.0)
    for index in 1...8 {
      term *= -Double(2 * index - 1) / (z * z)
      sum += term
    }
    return -z * z / 2 - log(-z) - 0.5 * log(2 * .pi) + log(sum)
  }

  /// The logarithm of the probability of an interval.
  static func logMass(from left: Double, to right: Double) -> Double {
    if left > 0 { return logMass(from: -right, to: -left) }
    guard right <= 0 else { return log1p(-cumulative(left) - cumulative(-right)) }
    let (upper, lower) = (logCumulative(right), logCumulative(left))
    return upper + log1p(-exp(lower - upper))
  }

  /// The inverse of ``cumulative(_:)``, by Newton's method from a rational start.
  static func quantile(_ probability: Double) -> Double {
    if probability > 0.5 { return -quantile(1 - probability) }
    guard probability > 0 else { return -.infinity }
    // Abramowitz and Stegun 26.2.23, with an absolute error below 4.5e-4.
    let t = (-2 * log(probability)).squareRoot()
    var z =
      (2.515517 + t * (0.802853 + t * 0.010328))
      / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in 0..<4 {
      let error = cumulative(z) - probability
      let step = error / (exp(-z * z / 2) / (2 * .pi).squareRoot())
      // Halley's correction.
      z -= step / (1 + z * step / 2)
    }
    return z
  }
}
