public import NNCore

/// The receiver operating characteristic of one class: how many of its examples are found, and how
/// many others are taken for it, for every threshold of the score. Its figure is the area under the
/// curve.
///
/// The area is the probability that an example of the class scores higher than one of another, ties
/// counting half. Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters
/// 27, 2006.
public struct ROC: Metric {
  /// A point of the curve.
  public struct Point: Sendable, Hashable {
    /// Examples with at least this score are taken for the class; infinite at the start.
    public let threshold: Double
    /// The share of the others that is taken for the class.
    public let falsePositiveRate: Double
    /// The share of the class that is found.
    public let truePositiveRate: Double
  }

  /// The class that is told from the rest.
  public var positiveClass: Int { examples.positiveClass }
  /// Labels of this value take no part.
  public var ignoreIndex: Int { examples.ignoreIndex }
  /// What the scores stand for.
  public var rule: PredictionRule { examples.rule }
  private var examples: RankedExamples

  /// Creates an empty curve.
  ///
  /// - Parameters:
  ///   - positiveClass: Which of several outputs to look at; 1 by default. With one output the class
  ///     is what that output scores.
  ///   - rule: What the scores stand for; by default what their shape tells.
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

  /// The area under the curve; NaN unless there are examples of the class and others.
  public var value: Double { Self.area(under: points) }

  /// The area under a curve that ``points`` has given; NaN without points.
  public static func area(under points: [Point]) -> Double {
    zip(points, points.dropFirst()).reduce(points.isEmpty ? .nan : 0) { area, pair in
      let width = pair.1.falsePositiveRate - pair.0.falsePositiveRate
      return area + width * (pair.0.truePositiveRate + pair.1.truePositiveRate) / 2
    }
  }

  /// The curve from (0, 0) to (1, 1); empty unless there are examples of the class and others.
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

  /// Adds a batch: scores [N, C] with labels [N] or distributions [N, C], or one score an example
  /// with a target of at least ½ for the class.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try examples.add(output, target, metric: name)
  }

  /// Forgets all batches.
  public mutating func reset() { examples.reset() }
}
