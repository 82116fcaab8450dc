public import NNCore

/// The root of the mean of (output − target)² over all elements.
public struct RootMeanSquaredError: Metric {
  private var sum = 0.0
  private var count = 0

  /// Creates a metric without examples.
  public init() {}

  /// `rmse`
  public var name: String { "rmse" }
  /// Lower is better.
  public var isHigherBetter: Bool { false }
  /// Numbers.
  public var subject: MetricSubject? { .numbers }
  /// The name in prose.
  public var title: String { "RMSE, in the target's unit" }
  /// The root of the mean over all elements; NaN before the first.
  public var value: Double { count == 0 ? .nan : (sum / Double(count)).squareRoot() }

  /// Adds a batch; targets have the output's shape.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try checkSameShape(output, target)
    for (output, target) in zip(output.doubles, target.doubles) {
      sum += (output - target) * (output - target)
      count += 1
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { (sum, count) = (0, 0) }
}
