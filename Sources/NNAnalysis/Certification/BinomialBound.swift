#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bounds of a probability from a count of successes.
package enum BinomialBound {
  /// The exact lower confidence bound of Clopper and Pearson: the probability at which `successes` or
  /// more out of `count` have the probability α.
  ///
  /// It is the α-quantile of the beta distribution with the parameters k and n − k + 1; 0 without
  /// successes.
  ///
  /// Source: Clopper, Pearson, "The use of confidence or fiducial limits illustrated in the case of the
  /// binomial", Biometrika 26 (1934).
  ///
  /// - Parameter alpha: The probability with which the bound is wrong, 0…1.
  package static func lower(successes: Int, of count: Int, alpha: Double) -> Double {
    precondition(
      (0...count).contains(successes) && alpha > 0 && alpha < 1,
      "\(successes) of \(count), \(alpha)")
    guard successes > 0 else { return 0 }
    let (a, b) = (Double(successes), Double(count - successes + 1))
    // Bisection of a monotone function; its end is the closest pair of numbers.
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return low }
      if incompleteBeta(middle, a, b) < alpha { low = middle } else { high = middle }
    }
  }

  /// The smallest number of trials of which a lower bound can be above a probability p: if all
  /// succeed, the bound is α^(1/n).
  ///
  /// - Parameters:
  ///   - probability: p, above 0 and below 1.
  ///   - alpha: α, above 0 and below 1.
  package static func trials(above probability: Double, alpha: Double) -> Int {
    Int((log(alpha) / log(probability)).rounded(.down)) + 1
  }

  /// The regularized incomplete beta function Iₓ(a, b): the probability that a beta-distributed number
  /// is at most x.
  ///
  /// Source: Press, Teukolsky, Vetterling, Flannery, "Numerical recipes", section 6.4: Lentz's method
  /// for the continued fraction.
  package static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges quickly on this side only.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let scale = exp(
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x))
    return scale * fraction(x, a, b) / a
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func nonZero(_ number: Double) -> Double { abs(number) < tiny ? tiny : number }
    var c = 1.0
    var d = 1 / nonZero(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      for numerator in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / nonZero(1 + numerator * d)
        c = nonZero(1 + numerator / c)
        result *= d * c
      }
      if abs(d * c - 1) < 4e-16 { break }
    }
    return result
  }

  /// ln Γ(x) for x > 0. C's `lgamma` writes a global variable, which threads would share.
  private static func logGamma(_ x: Double) -> Double {
    // Stirling's series, for which small numbers are moved up.
    guard x < 12 else {
      let square = 1 / (x * x)
      let series =
        (1.0 / 12
          - square
          * (1.0 / 360
            - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188)))))
        / x
      return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series
    }
    return logGamma(x + 1) - log(x)
  }
}

/// The standard normal distribution.
package enum StandardNormal {
  /// The probability of a number of at most x.
  package static func probability(below x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  /// The number below which a standard normal one lies with a probability above 0 and below 1.
  package static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "\(probability)")
    guard probability != 0.5 else { return 0 }
    // By symmetry, so that small probabilities keep all digits.
    guard probability < 0.5 else { return -quantile(1 - probability) }
    var (low, high) = (-40.0, 0.0)
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return low }
      if self.probability(below: middle) < probability { low = middle } else { high = middle }
    }
  }
}
