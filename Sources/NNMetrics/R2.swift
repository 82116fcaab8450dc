public import NNCore

/// The share of the targets' variance that predictions explain: 1 − Σ(t − o)²/Σ(t − t̄)².
///
/// Each column of [N, …] has its own mean t̄; both sums run over all columns. 1 is perfect, 0 no
/// better than the mean, −∞ where targets are constant and predictions miss them.
public struct R2: Metric {
  private var errors = SquaredErrors()

  /// Creates an empty figure.
  public init() {}

  /// `r2`
  public var name: String { "r2" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }

  /// The figure over all examples; 1 where targets are constant and met.
  public var value: Double {
    guard errors.count > 0 else { return .nan }
    return errors.residual == 0 ? 1 : 1 - errors.residual / errors.spread
  }

  /// Adds a batch; targets have the output's shape.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try errors.add(output, target, for: self)
  }

  /// Forgets all batches.
  public mutating func reset() { errors = SquaredErrors() }
}
