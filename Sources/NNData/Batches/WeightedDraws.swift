import NNCore

/// Draws examples with replacement: in each draw an example has the probability weight / Σ weight.
struct WeightedDraws: Sendable, Hashable {
  /// The sum of the weights up to each example, inclusive.
  private let sums: [Double]

  /// - Throws: `NNError` for weights that are not one finite number ≥ 0 for each example, or all 0.
  init(_ weights: [Double], count: Int) throws(NNError) {
    guard weights.count == count else {
      throw .invalid(
        "\(weights.count) weights of a sampler for \(count) examples",
        hint: "every example has one weight")
    }
    if let index = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .invalid(
        "the sampler's weight of example \(index) (from 0) is \(weights[index]), expected a number "
          + "≥ 0")
    }
    var sum = 0.0
    sums = weights.map { weight in
      sum += weight
      return sum
    }
    guard sum > 0, sum.isFinite else {
      throw .invalid(
        "the sampler's weights sum up to \(sum): no example can be drawn",
        hint: "give some examples a weight above 0")
    }
  }

  /// As many draws as there are examples, each from its own random number.
  func indices(_ random: Philox) -> [Int] {
    let total = sums[sums.count - 1]
    // Rounding up to the total would exceed the last example that has a weight.
    let last = firstIndex(above: total.nextDown)
    return sums.indices.map { min(firstIndex(above: random.preciseUniform($0) * total), last) }
  }

  /// The first example up to which the weights exceed a number, by bisection.
  private func firstIndex(above number: Double) -> Int {
    var (low, high) = (0, sums.count)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > number { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
