import NNCore
package import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A density of one parameter made of its values in some trials: a mixture of a kernel for each
/// value and one for all values, which is the prior.
///
/// The kernel of a number is a normal distribution, cut off at the bounds, whose width is the
/// larger distance to the neighbouring values; that of a choice raises its probability. Weights and
/// widths follow Optuna 5 (`consider_magic_clip`, not `consider_endpoints`, `prior_weight` 1).
package struct ParzenEstimator: Sendable {
  /// The kernels of one kind of domain.
  private enum Kernels {
    case normal(SearchRange, [TruncatedNormal])
    case categorical([[Double]])
  }

  private let kernels: Kernels
  private let weights: [Double]

  /// Creates a density.
  ///
  /// - Parameters:
  ///   - values: The coordinates of the values, the oldest first; the newest 25 have full weight.
  ///   - domain: The values that are possible.
  package init(_ values: [Double], of domain: SearchDomain) {
    let weights = Self.weights(count: values.count) + [1]
    let sum = weights.reduce(0, +)
    self.weights = weights.map { $0 / sum }
    switch domain {
    case .choice(let choices):
      kernels = .categorical(Self.probabilities(values.map { Int($0) }, count: choices.count))
    case .range(let range): kernels = .normal(range, Self.normals(values, range))
    }
  }

  /// The weights of values, the oldest first: 1 for up to 25; else a ramp from 1/n to 1 before the
  /// newest 25.
  private static func weights(count: Int) -> [Double] {
    guard count >= 25 else { return Array(repeating: 1, count: count) }
    let (ramp, least) = (count - 25, 1 / Double(count))
    return (0..<ramp).map { index in
      ramp == 1 ? least : least + (1 - least) * Double(index) / Double(ramp - 1)
    } + Array(repeating: 1, count: 25)
  }

  private static func probabilities(_ choices: [Int], count: Int) -> [[Double]] {
    guard !choices.isEmpty else {
      return [Array(repeating: 1 / Double(count), count: count)]
    }
    let share = 1 / Double(choices.count + 1)
    let rows = (choices + [-1]).map { choice in
      (0..<count).map { $0 == choice ? share + 1 : share }
    }
    return rows.map { row in
      let sum = row.reduce(0, +)
      return row.map { $0 / sum }
    }
  }

  private static func normals(_ values: [Double], _ range: SearchRange) -> [TruncatedNormal] {
    let (low, high) = range.scale
    let means = values.map(range.scaled)
    let order = means.indices.sorted { (means[$0], $0) < (means[$1], $1) }
    let points = [low] + order.map { means[$0] } + [high]
    var widths = Array(repeating: 0.0, count: means.count)
    for (position, index) in order.enumerated() {
      let (left, right) = (
        points[position + 1] - points[position], points[position + 2] - points[position + 1]
      )
      // The distances of the outermost values to the bounds count only for a single value.
      let isFirst = position == 0 && means.count > 1
      let isLast = position == means.count - 1 && means.count > 1
      widths[index] = isFirst ? right : isLast ? left : max(left, right)
    }
    let least = (high - low) / min(100, Double(means.count + 2))
    let prior = TruncatedNormal(mean: (low + high) / 2, width: high - low, low: low, high: high)
    return zip(means, widths).map { mean, width in
      TruncatedNormal(mean: mean, width: min(max(width, least), high - low), low: low, high: high)
    } + [prior]
  }

  /// The logarithm of the density at a value; of the probability, if values have a spacing.
  package func logDensity(_ value: SearchValue) -> Double {
    let terms: [Double]
    switch (kernels, value) {
    case (.categorical(let rows), .choice(let choice)): terms = rows.map { log($0[choice]) }
    case (.normal(let range, let normals), .number(let number)):
      terms = normals.map { normal in
        guard let spacing = range.spacing else { return normal.logDensity(range.scaled(number)) }
        return normal.logMass(
          from: range.scaled(number - spacing / 2), to: range.scaled(number + spacing / 2))
      }
    default: preconditionFailure("a value of another domain")
    }
    let weighted = zip(terms, weights).map { $0 + log($1) }
    let largest = weighted.max() ?? 0
    guard largest > -.infinity else { return -.infinity }
    return log(weighted.reduce(0) { $0 + exp($1 - largest) }) + largest
  }

  /// A value from two uniform random numbers: one selects the kernel, the other is the quantile of
  /// its value.
  package func value(kernel: Double, quantile: Double) -> SearchValue {
    let index = Self.index(of: kernel, in: weights)
    switch kernels {
    case .categorical(let rows): return .choice(Self.index(of: quantile, in: rows[index]))
    case .normal(let range, let normals):
      return .number(range.number(scaled: normals[index].quantile(quantile)))
    }
  }

  /// The first of the values for which the ratio of two densities is largest.
  package static func best(
    of values: [SearchValue], _ good: ParzenEstimator, _ bad: ParzenEstimator
  ) -> SearchValue {
    var best = (value: values[0], gain: -Double.infinity)
    for value in values {
      let gain = good.logDensity(value) - bad.logDensity(value)
      if gain > best.gain { best = (value, gain) }
    }
    return best.value
  }

  /// The index whose share of the interval from 0 to 1 contains a position.
  private static func index(of position: Double, in shares: [Double]) -> Int {
    var sum = 0.0
    for (index, share) in shares.enumerated() {
      sum += share
      if position < sum { return index }
    }
    return shares.count - 1
  }
}
