public import NNCore

/// Top-k accuracy: the share of examples whose class is among the k largest scores.
///
/// Scores [N, C]; targets are labels [N] or distributions [N, C]. On ties, the first score counts
/// as larger.
public struct TopK: Metric {
  /// The number of largest scores that count.
  public let k: Int
  /// Labels of this value are ignored.
  public let ignoreIndex: Int
  private var right = 0
  private var total = 0

  /// Creates a metric without examples.
  public init(k: Int = 5, ignoreIndex: Int = -100) {
    self.k = k
    self.ignoreIndex = ignoreIndex
  }

  /// `top_5`
  public var name: String { "top_\(k)" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// The scores of classes.
  public var subject: MetricSubject? { .rankedClasses }
  /// The name in prose.
  public var title: String { "top-\(k) accuracy" }
  /// A share of the examples.
  public var isShare: Bool { true }
  /// Examples with the class among the k largest scores, divided by all; NaN before the first one.
  public var value: Double { total == 0 ? .nan : Double(right) / Double(total) }

  /// Adds a batch.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    let batch = try ClassScores(output, target, ignoreIndex: ignoreIndex, metric: name)
    for (row, label) in batch.labels.enumerated() {
      guard let label else { continue }
      total += 1
      let scores = batch.row(row)
      let own = scores[scores.startIndex + label]
      let ahead = scores.enumerated().count { index, score in
        score > own || (score == own && index < label)
      }
      if ahead < k, !own.isNaN { right += 1 }
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { (right, total) = (0, 0) }
}
