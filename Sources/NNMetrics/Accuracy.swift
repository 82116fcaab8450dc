public import NNCore

/// Accuracy: the share of examples that are classified correctly.
///
/// With scores [N, C] of classes, the prediction is the class with the largest score; targets are
/// labels [N] or distributions [N, C]. With binary decisions ([N], [N, 1], or [N, K] with the rule
/// `decisions`), a score above the threshold predicts yes, a target of at least ½ is yes, and the
/// value is the share of correct decisions; `SubsetAccuracy` counts examples.
public struct Accuracy: Metric {
  /// The threshold above which a binary score predicts 1: 0 for logits, ½ for probabilities.
  public let threshold: Double
  /// Labels of this value are ignored.
  public let ignoreIndex: Int
  /// How scores are interpreted.
  public let rule: PredictionRule
  private var right = 0
  private var total = 0

  /// Creates a metric without examples.
  public init(
    threshold: Double = 0, ignoreIndex: Int = -100, rule: PredictionRule = .byShape
  ) {
    self.threshold = threshold
    self.ignoreIndex = ignoreIndex
    self.rule = rule
  }

  /// `accuracy`
  public var name: String { "accuracy" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Classes, or binary labels.
  public var subject: MetricSubject? { .classes }
  /// A share of the examples.
  public var isShare: Bool { true }
  /// Correct predictions divided by all; NaN before the first example.
  public var value: Double { total == 0 ? .nan : Double(right) / Double(total) }

  /// Adds a batch.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    if rule.readsDecisions(output, target) {
      let batch = try DecisionScores(output, target, ignoreIndex: ignoreIndex, metric: name)
      for (score, label) in batch.counted {
        total += 1
        if !score.isNaN, (score > threshold) == label { right += 1 }
      }
      return
    }
    let batch = try ClassScores(output, target, ignoreIndex: ignoreIndex, metric: name)
    for (row, label) in batch.labels.enumerated() {
      guard let label else { continue }
      total += 1
      if batch.predicted(row) == label { right += 1 }
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { (right, total) = (0, 0) }
}
