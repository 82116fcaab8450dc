public import NNCore

/// The mean of |output − target| over all elements.
public struct MeanAbsoluteError: Metric {
  private var sum = 0.0
  private var count = 0

  /// Creates an empty figure.
  public init() {}

  /// `mae`
  public var name: String { "mae" }
  /// Lower is better.
  public var isHigherBetter: Bool { false }
  /// The figure over all elements.
  public var value: Double { count == 0 ? .nan : sum / Double(count) }

  /// Adds a batch; targets have the output's shape.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try checkSameShape(output, target)
    for (output, target) in zip(output.doubles, target.doubles) {
      sum += (output - target).magnitude
      count += 1
    }
  }

  /// Forgets all batches.
  public mutating func reset() { (sum, count) = (0, 0) }
}
