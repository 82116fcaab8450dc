public import NNCore

/// The share of examples whose class is predicted right.
///
/// Scores [N, C] of classes name the class with the largest; targets are labels [N] or distributions
/// [N, C]. Where each score is a decision of its own ([N], [N, 1], or [N, K] with the rule
/// `decisions`), above the threshold means yes, targets of at least ½ count as yes, and the figure is
/// the share of decisions that are right; `SubsetAccuracy` counts examples.
public struct Accuracy: Metric {
  /// Above which a binary score means 1: 0 for logits, ½ for probabilities.
  public let threshold: Double
  /// Labels of this value take no part.
  public let ignoreIndex: Int
  /// What the scores stand for.
  public let rule: PredictionRule
  private var right = 0
  private var total = 0

  /// Creates an empty figure.
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
  /// Right examples through all.
  public var value: Double { total == 0 ? .nan : Double(right) / Double(total) }

  /// Adds a batch.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    if rule.readsDecisions(output, target) {
      let batch = try DecisionScores(output, target, ignoreIndex: ignoreIndex, metric: name)
      for (score, truth) in batch.counted {
        total += 1
        if !score.isNaN, (score > threshold) == truth { right += 1 }
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

  /// Forgets all batches.
  public mutating func reset() { (right, total) = (0, 0) }
}
