public import NNCore

/// The confusion matrix: how often class i was predicted as class j. The value is the accuracy.
///
/// With binary decisions the classes are 0 (no) and 1 (yes), and all decisions are counted
/// together.
public struct ConfusionMatrix: Metric {
  /// Labels of this value are ignored.
  public let ignoreIndex: Int
  /// The threshold above which a binary score predicts yes: 0 for logits, ½ for probabilities.
  public let threshold: Double
  /// How scores are interpreted.
  public let rule: PredictionRule
  /// `counts[i][j]`: examples of class i that were predicted as j; empty before the first batch.
  public private(set) var counts: [[Int]] = []

  /// Creates an empty matrix.
  public init(
    ignoreIndex: Int = -100, threshold: Double = 0, rule: PredictionRule = .byShape
  ) {
    self.ignoreIndex = ignoreIndex
    self.threshold = threshold
    self.rule = rule
  }

  /// `confusion_matrix`
  public var name: String { "confusion_matrix" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Classes, or binary labels.
  public var subject: MetricSubject? { .classes }
  /// A table of classes.
  public var isTable: Bool { true }

  /// The share of examples on the diagonal.
  public var value: Double {
    let total = counts.joined().reduce(0, +)
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    return total == 0 ? .nan : Double(right) / Double(total)
  }

  /// The recall of each class, TP / (TP + FN); NaN for a class without examples.
  public var recall: [Double] {
    counts.indices.map { Self.share(counts[$0][$0], of: counts[$0].reduce(0, +)) }
  }

  /// The precision of each class, TP / (TP + FP); NaN for a class that was never predicted.
  public var precision: [Double] {
    counts.indices.map { index in
      Self.share(counts[index][index], of: counts.reduce(0) { $0 + $1[index] })
    }
  }

  /// Adds a batch: scores [N, C] with labels [N] or distributions [N, C], or binary decisions with
  /// one target each.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    if rule.readsDecisions(output, target) {
      let batch = try DecisionScores(output, target, ignoreIndex: ignoreIndex, metric: name)
      try requireClasses(2)
      for (score, label) in batch.counted {
        // NaN is always wrong, as in the accuracy.
        let isYes = score.isNaN ? !label : score > threshold
        counts[label ? 1 : 0][isYes ? 1 : 0] += 1
      }
      return
    }
    let batch = try ClassScores(output, target, ignoreIndex: ignoreIndex, metric: name)
    try requireClasses(batch.classes)
    for (row, label) in batch.labels.enumerated() {
      guard let label else { continue }
      counts[label][batch.predicted(row)] += 1
    }
  }

  private mutating func requireClasses(_ count: Int) throws(NNError) {
    if counts.isEmpty {
      counts = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
    }
    guard counts.count == count else {
      throw .invalid("metric \(name): \(count) classes after \(counts.count) in earlier batches")
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { counts = [] }

  private static func share(_ part: Int, of total: Int) -> Double {
    total == 0 ? .nan : Double(part) / Double(total)
  }
}
