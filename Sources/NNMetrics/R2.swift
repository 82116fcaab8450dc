public import NNCore

/// The coefficient of determination R², the share of the targets' variance that predictions
/// explain: 1 − Σ(t − o)²/Σ(t − t̄)².
///
/// Each column of [N, …] has its own mean t̄; both sums run over all columns. 1 is perfect, 0 no
/// better than the mean, −∞ for constant targets that are not predicted exactly.
public struct R2: Metric {
  private var errors = SquaredErrors()

  /// Creates a metric without examples.
  public init() {}

  /// `r2`
  public var name: String { "r2" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Numbers.
  public var subject: MetricSubject? { .numbers }
  /// The name in prose.
  public var title: String { "R²" }

  /// The value over all examples; 1 for constant targets that are predicted exactly.
  public var value: Double {
    guard errors.count > 0 else { return .nan }
    return errors.residual == 0 ? 1 : 1 - errors.residual / errors.spread
  }

  /// Adds a batch; targets have the output's shape.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try errors.add(output, target, for: self)
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { errors = SquaredErrors() }
}
