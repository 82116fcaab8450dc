public import NNCore

/// The share of the targets' variance that predictions explain: 1 − Σ(t − o)²/Σ(t − t̄)².
///
/// Each column of [N, …] has its own mean t̄; both sums run over all columns. 1 is perfect, 0 no
/// better than the mean, −∞ where targets are constant and predictions miss them.
public struct R2: Metric {
  private var count = 0
  private var residual = 0.0
  private var means: [Double] = []
  private var spread = 0.0

  /// Creates an empty figure.
  public init() {}

  /// `r2`
  public var name: String { "r2" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }

  /// The figure over all examples; 1 where targets are constant and met.
  public var value: Double {
    guard count > 0 else { return .nan }
    return residual == 0 ? 1 : 1 - residual / spread
  }

  /// Adds a batch; targets have the output's shape.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try checkSameShape(output, target)
    let columns = target.shape.dimensions.dropFirst().reduce(1, *)
    if means.isEmpty { means = [Double](repeating: 0, count: columns) }
    guard means.count == columns else {
      throw .invalid("metric \(name): \(columns) columns after \(means.count) in earlier batches")
    }
    let (outputs, targets) = (output.doubles, target.doubles)
    for start in stride(from: 0, to: targets.count, by: max(1, columns)) {
      count += 1
      for column in 0..<columns {
        let target = targets[start + column]
        let missed = target - outputs[start + column]
        residual += missed * missed
        // Welford's running variance: no cancellation where the mean is large.
        let before = target - means[column]
        means[column] += before / Double(count)
        spread += before * (target - means[column])
      }
    }
  }

  /// Forgets all batches.
  public mutating func reset() { self = R2() }
}
