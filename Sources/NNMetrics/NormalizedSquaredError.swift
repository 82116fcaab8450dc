public import NNCore

/// The normalised mean squared error: the mean of (t − o)² divided by a variance, that of the
/// targets or a given one.
///
/// Σ(t − o)²/Σ(t − t̄)², each column of [N, …] with its own mean t̄, is 1 − R². With a variance σ²
/// it is Σ(t − o)²/(n·σ²) over n elements, also known as average relative variance: values for
/// parts of a series are comparable when all are divided by the variance of the whole series
/// (Weigend, Huberman and Rumelhart, 1990, who use 1535 for yearly sunspots).
public struct NormalizedSquaredError: Metric {
  /// σ², in squared units of the targets; nil for the variance of the targets themselves.
  public let variance: Double?
  private var errors = SquaredErrors()

  /// Creates a metric without examples.
  public init(variance: Double? = nil) {
    self.variance = variance
  }

  /// `nmse`
  public var name: String { "nmse" }
  /// Lower is better.
  public var isHigherBetter: Bool { false }
  /// Numbers.
  public var subject: MetricSubject? { .numbers }
  /// The name in prose.
  public var title: String { "normalized squared error" }

  /// The value over all examples; for constant targets 0 if all predictions are exact, else ∞.
  public var value: Double {
    guard errors.count > 0 else { return .nan }
    let scale = variance.map { $0 * Double(errors.elementCount) } ?? errors.spread
    return errors.residual == 0 ? 0 : errors.residual / scale
  }

  /// Adds a batch; targets have the output's shape.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try errors.add(output, target, for: self)
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { errors = SquaredErrors() }
}
