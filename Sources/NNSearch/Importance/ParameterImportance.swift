import NNCore
import NNTraining

/// How much each parameter of a search matters: the share of the variance of the results over the
/// whole space that it explains alone, by a functional ANOVA of a random forest (Hutter, Hoos,
/// Leyton-Brown, "An efficient approach for assessing hyperparameter importance", 2014).
///
/// The rest of the variance is explained by parameters together. A parameter that does not exist at
/// a point counts as the middle of its range there.
package struct ParameterImportance: Sendable {
  /// Fewer results do not tell parameters apart.
  package static let leastCount = 10
  private static let treeCount = 64

  /// The share of each parameter, from 0 to 1, in the order of the space.
  package let shares: [Double]

  /// Measures importance; nil for too few complete trials, and for equal results.
  package init?(_ record: SearchRecord, _ space: SearchSpace) {
    let trials = record.trials.filter { $0.end?.state == .complete }
    self.init(
      trials.map { space.position(of: $0.point) }, trials.compactMap { $0.end?.value })
  }

  /// Measures importance from points of the unit cube and their results.
  package init?(_ points: [[Double]], _ values: [Double]) {
    guard points.count >= Self.leastCount, points.count == values.count else { return nil }
    var sums = Array(repeating: 0.0, count: points[0].count)
    var count = 0
    for tree in 0..<Self.treeCount {
      let random = Philox(seed: 0, stream: SearchStream.forest, step: UInt32(tree))
      let sample = points.indices.map { random.integer($0, below: points.count) }
      guard
        let shares = RegressionTree(sample.map { points[$0] }, sample.map { values[$0] }).shares
      else { continue }
      for (index, share) in shares.enumerated() { sums[index] += share }
      count += 1
    }
    guard count > 0 else { return nil }
    shares = sums.map { $0 / Double(count) }
  }
}

extension SearchSpace {
  /// A point as coordinates from 0 to 1.
  package func position(of point: SearchPoint) -> [Double] {
    parameters.indices.map { position(of: point, $0) }
  }

  private func position(of point: SearchPoint, _ index: Int) -> Double {
    switch (parameters[index].domain, point.values[index]) {
    case (.range(let range), .number(let number)):
      let (low, high) = range.scale
      return (range.scaled(number) - low) / (high - low)
    case (.choice(let values), .choice(let choice)):
      return (Double(choice) + 0.5) / Double(values.count)
    default: return 0.5
    }
  }
}
