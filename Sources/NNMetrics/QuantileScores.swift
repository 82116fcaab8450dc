public import NNCore

/// The share of targets between the lowest and the highest of their predicted quantiles, both
/// included: near 0.8 for good quantiles 0.1 and 0.9.
public struct Coverage: Metric {
  private var counts = QuantileCounts()

  /// Creates a metric without examples.
  public init() {}

  /// `coverage`
  public var name: String { "coverage" }
  /// Neither is better as such; a greater share is taken as better.
  public var isHigherBetter: Bool { true }
  /// Quantiles.
  public var subject: MetricSubject? { .quantiles }
  /// The name in prose.
  public var title: String { "targets between the outer quantiles" }
  /// A share.
  public var isShare: Bool { true }
  /// The share over all targets; NaN before the first.
  public var value: Double { counts.share }

  /// Adds a batch: targets [N, …, K] and outputs [N, …, K·Q].
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try counts.add(output, target, for: self) { quantiles, target in
      (quantiles.min() ?? .nan) <= target && target <= (quantiles.max() ?? .nan)
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { counts = QuantileCounts() }
}

/// The share of targets whose predicted quantiles do not ascend.
public struct QuantileCrossing: Metric {
  private var counts = QuantileCounts()

  /// Creates a metric without examples.
  public init() {}

  /// `quantile_crossing`
  public var name: String { "quantile_crossing" }
  /// Lower is better.
  public var isHigherBetter: Bool { false }
  /// Quantiles.
  public var subject: MetricSubject? { .quantiles }
  /// The name in prose.
  public var title: String { "targets with quantiles out of order" }
  /// A share.
  public var isShare: Bool { true }
  /// The share over all targets; NaN before the first.
  public var value: Double { counts.share }

  /// Adds a batch: targets [N, …, K] and outputs [N, …, K·Q].
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try counts.add(output, target, for: self) { quantiles, _ in
      zip(quantiles, quantiles.dropFirst()).contains { $0 > $1 }
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { counts = QuantileCounts() }
}

/// How many targets meet a condition with their quantiles.
private struct QuantileCounts: Sendable {
  private var met = 0
  private var count = 0

  /// The share of the targets; NaN for none.
  var share: Double { count == 0 ? .nan : Double(met) / Double(count) }

  mutating func add(
    _ output: HostTensor, _ target: HostTensor, for metric: some Metric,
    where condition: (_ quantiles: ArraySlice<Double>, _ target: Double) -> Bool
  ) throws(NNError) {
    let rank = target.shape.rank
    let levels = target.elementCount == 0 ? 0 : output.elementCount / target.elementCount
    guard rank > 0, levels > 0,
      output.shape == target.shape.replacing(axis: rank - 1, with: target.shape[rank - 1] * levels)
    else {
      throw .invalid(
        "metric \(metric.name) takes the same number of quantiles for each target of shape "
          + "\(target.shape), gets outputs \(output.shape)")
    }
    let (outputs, targets) = (output.doubles, target.doubles)
    for (index, target) in targets.enumerated() {
      count += 1
      if condition(outputs[index * levels..<(index + 1) * levels], target) { met += 1 }
    }
  }
}
