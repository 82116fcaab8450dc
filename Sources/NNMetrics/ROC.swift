public import NNCore

/// The receiver operating characteristic of one class: true positive rate against false positive
/// rate, for every threshold of the score. The value is the area under the curve.
///
/// The area is the probability that a positive example scores higher than a negative one, with ties
/// counted half. Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters
/// 27, 2006.
public struct ROC: Metric {
  /// A point of the curve.
  public struct Point: Sendable, Hashable {
    /// Examples with at least this score are predicted positive; infinite at the start.
    public let threshold: Double
    /// The share of negative examples that are predicted positive.
    public let falsePositiveRate: Double
    /// The share of positive examples that are predicted positive.
    public let truePositiveRate: Double
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

  /// `roc_auc`
  public var name: String { "roc_auc" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Classes, or binary labels.
  public var subject: MetricSubject? { .classes }

  /// The area under the curve; NaN without both positive and negative examples.
  public var value: Double { Self.area(under: points) }

  /// The area under a curve from ``points``; NaN without points.
  public static func area(under points: [Point]) -> Double {
    zip(points, points.dropFirst()).reduce(points.isEmpty ? .nan : 0) { area, pair in
      let width = pair.1.falsePositiveRate - pair.0.falsePositiveRate
      return area + width * (pair.0.truePositiveRate + pair.1.truePositiveRate) / 2
    }
  }

  /// The curve from (0, 0) to (1, 1); empty without both positive and negative examples.
  public var points: [Point] {
    let (positives, negatives) = (examples.positiveCount, examples.negativeCount)
    guard positives > 0, negatives > 0 else { return [] }
    let start = Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)
    return [start]
      + examples.steps.map { step in
        Point(
          threshold: step.threshold,
          falsePositiveRate: Double(step.falsePositives) / Double(negatives),
          truePositiveRate: Double(step.truePositives) / Double(positives))
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
