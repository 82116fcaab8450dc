public import NNCore

/// Precision against recall of one class, for every threshold of the score. Its figure is the average
/// precision Σ (Rₙ − Rₙ₋₁) Pₙ (scikit-learn's `average_precision_score`), which does not draw lines
/// between points.
public struct PrecisionRecall: Metric {
  /// A point of the curve.
  public struct Point: Sendable, Hashable {
    /// Examples with at least this score are taken for the class.
    public let threshold: Double
    /// The share of the class that is found.
    public let recall: Double
    /// The share of what is taken for the class that is of it.
    public let precision: Double
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

  /// `average_precision`
  public var name: String { "average_precision" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }

  /// The average precision; NaN without examples of the class.
  public var value: Double { Self.average(of: points) }

  /// The average precision of a curve that ``points`` has given; NaN without points.
  public static func average(of points: [Point]) -> Double {
    var (sum, recall) = (0.0, 0.0)
    for point in points {
      sum += (point.recall - recall) * point.precision
      recall = point.recall
    }
    return points.isEmpty ? .nan : sum
  }

  /// The share of all examples that is of the class: the precision of taking everything for it.
  public var prevalence: Double {
    Double(examples.positiveCount) / Double(examples.positiveCount + examples.negativeCount)
  }

  /// The curve from the highest threshold to the lowest, where recall is 1; empty without examples of
  /// the class.
  public var points: [Point] {
    guard examples.positiveCount > 0 else { return [] }
    return examples.steps.map { step in
      Point(
        threshold: step.threshold,
        recall: Double(step.truePositives) / Double(examples.positiveCount),
        precision: Double(step.truePositives) / Double(step.truePositives + step.falsePositives))
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
