public import NNCore

/// The precision–recall curve of one class, for every threshold of the score. The value is the
/// average precision Σ (Rₙ − Rₙ₋₁) Pₙ (scikit-learn's `average_precision_score`), which does not
/// interpolate between points.
public struct PrecisionRecall: Metric {
  /// A point of the curve.
  public struct Point: Sendable, Hashable {
    /// Examples with at least this score are predicted positive.
    public let threshold: Double
    /// The share of positive examples that are predicted positive.
    public let recall: Double
    /// The share of positive predictions that are correct.
    public let precision: Double
  }

  /// The positive class.
  public var positiveClass: Int { examples.positiveClass }
  /// Labels of this value are ignored.
  public var ignoreIndex: Int { examples.ignoreIndex }
  /// How scores are interpreted.
  public var rule: PredictionRule { examples.rule }
  private var examples: RankedExamples

  /// Creates an empty curve.
  ///
  /// - Parameters:
  ///   - positiveClass: The positive class among several outputs; 1 by default. A single output is
  ///     the score of the positive class.
  ///   - rule: How scores are interpreted; by shape by default.
  public init(
    positiveClass: Int = 1, ignoreIndex: Int = -100, rule: PredictionRule = .byShape
  ) {
    examples = RankedExamples(
      positiveClass: positiveClass, ignoreIndex: ignoreIndex, rule: rule)
  }

  /// `average_precision`
  public var name: String { "average_precision" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Classes, or binary labels.
  public var subject: MetricSubject? { .classes }

  /// The average precision; NaN without positive examples.
  public var value: Double { Self.average(of: points) }

  /// The average precision of a curve from ``points``; NaN without points.
  public static func average(of points: [Point]) -> Double {
    var (sum, recall) = (0.0, 0.0)
    for point in points {
      sum += (point.recall - recall) * point.precision
      recall = point.recall
    }
    return points.isEmpty ? .nan : sum
  }

  /// The share of positive examples: the precision of predicting everything positive.
  public var prevalence: Double {
    Double(examples.positiveCount) / Double(examples.positiveCount + examples.negativeCount)
  }

  /// The curve from the highest threshold to the lowest, where recall is 1; empty without positive
  /// examples.
  public var points: [Point] {
    guard examples.positiveCount > 0 else { return [] }
    return examples.steps.map { step in
      Point(
        threshold: step.threshold,
        recall: Double(step.truePositives) / Double(examples.positiveCount),
        precision: Double(step.truePositives) / Double(step.truePositives + step.falsePositives))
    }
  }

  /// Adds a batch: scores [N, C] with labels [N] or distributions [N, C], or one score per example,
  /// with targets that are positive from ½ on.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try examples.add(output, target, metric: name)
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { examples.reset() }
}
