public import NNCore

/// The mean of |output − target| over all elements.
public struct MeanAbsoluteError: Metric {
  private var sum = 0.0
  private var count = 0

  /// Creates a metric without examples.
  public init() {}

  /// `mae`
  public var name: String { "mae" }
  /// Lower is better.
  public var isHigherBetter: Bool { false }
  /// Numbers.
  public var subject: MetricSubject? { .numbers }
  /// The name in prose.
  public var title: String { "mean absolute error, in the target's unit" }
  /// The mean over all elements; NaN before the first.
  public var value: Double { count == 0 ? .nan : sum / Double(count) }

  /// Adds a batch; targets have the output's shape.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try checkSameShape(output, target)
    for (output, target) in zip(output.doubles, target.doubles) {
      sum += (output - target).magnitude
      count += 1
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { (sum, count) = (0, 0) }
}
