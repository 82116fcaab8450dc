/// A regression tree over the unit cube, as the boxes of its leaves.
package struct RegressionTree: Sendable {
  /// A leaf: a box with a value.
  package struct Leaf: Sendable {
    /// The box's lower bounds.
    package var low: [Double]
    /// The box's upper bounds.
    package var high: [Double]
    /// The mean of the results inside.
    package var value: Double
  }

  /// The leaves.
  package private(set) var leaves: [Leaf] = []

  /// Grows a tree until every leaf has one result, or equal ones.
  ///
  /// - Parameters:
  ///   - points: Points of the unit cube, at least one.
  ///   - values: Their results.
  package init(_ points: [[Double]], _ values: [Double]) {
    let dimensions = points[0].count
    var open = [
      (
        members: Array(points.indices),
        low: Array(repeating: 0.0, count: dimensions),
        high: Array(repeating: 1.0, count: dimensions)
      )
    ]
    while let (members, low, high) = open.popLast() {
      guard let split = Self.split(members, points, values) else {
        let mean = members.reduce(0) { $0 + values[$1] } / Double(members.count)
        leaves.append(Leaf(low: low, high: high, value: mean))
        continue
      }
      var (middleHigh, middleLow) = (high, low)
      middleHigh[split.axis] = split.threshold
      middleLow[split.axis] = split.threshold
      let isBelow = { (member: Int) in points[member][split.axis] < split.threshold }
      open.append((members.filter(isBelow), low, middleHigh))
      open.append((members.filter { !isBelow($0) }, middleLow, high))
    }
  }

  /// The split that leaves the smallest sum of squared differences from the means of both sides; nil
  /// for one result, or equal ones or equal points.
  private static func split(
    _ members: [Int], _ points: [[Double]], _ values: [Double]
  ) -> (axis: Int, threshold: Double)? {
    let mean = members.reduce(0) { $0 + values[$1] } / Double(members.count)
    var best: (axis: Int, threshold: Double, gain: Double)?
    for axis in points[members[0]].indices {
      let order = members.sorted { (points[$0][axis], $0) < (points[$1][axis], $1) }
      // With values relative to the mean, the gain is left²/n + right²/m, where left = −right.
      var left = 0.0
      for (index, member) in order.dropLast().enumerated() {
        left += values[member] - mean
        let (here, next) = (points[member][axis], points[order[index + 1]][axis])
        guard here < next else { continue }
        let (count, rest) = (Double(index + 1), Double(order.count - index - 1))
        let gain = left * left * (1 / count + 1 / rest)
        if gain > best?.gain ?? 0 { best = (axis, (here + next) / 2, gain) }
      }
    }
    return best.map { ($0.axis, $0.threshold) }
  }

  /// The share of the variance over the cube that each coordinate alone explains (functional
  /// ANOVA); nil for a constant tree.
  package var shares: [Double]? {
    let volumes = leaves.map { leaf in
      zip(leaf.high, leaf.low).reduce(1) { $0 * ($1.0 - $1.1) }
    }
    let mean = zip(leaves, volumes).reduce(0) { $0 + $1.0.value * $1.1 }
    let total = zip(leaves, volumes).reduce(0) { sum, leaf in
      sum + leaf.1 * (leaf.0.value - mean) * (leaf.0.value - mean)
    }
    guard total > 0, let dimensions = leaves.first?.low.count else { return nil }
    return (0..<dimensions).map { axis in
      let bounds = Set(leaves.flatMap { [$0.low[axis], $0.high[axis]] }).sorted()
      // The mean over all other coordinates, in each interval of this one.
      var means = Array(repeating: 0.0, count: bounds.count - 1)
      for (leaf, volume) in zip(leaves, volumes) {
        let width = leaf.high[axis] - leaf.low[axis]
        for index in means.indices
        where bounds[index] >= leaf.low[axis] && bounds[index] < leaf.high[axis] {
          means[index] += leaf.value * volume / width
        }
      }
      let variance = means.indices.reduce(0) { sum, index in
        let difference = means[index] - mean
        return sum + (bounds[index + 1] - bounds[index]) * difference * difference
      }
      return variance / total
    }
  }
}
