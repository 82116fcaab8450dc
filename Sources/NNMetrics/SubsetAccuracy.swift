public import NNCore

/// Subset accuracy: the share of examples with only correct decisions (scikit-learn's
/// `accuracy_score` for multi-label targets).
///
/// Outputs [N, K] are K binary decisions for each example: yes above the threshold. Targets have
/// the same number of elements and are yes from ½ on.
public struct SubsetAccuracy: Metric {
  /// The threshold above which an output predicts yes: 0 (default) for logits, ½ for probabilities.
  public let threshold: Double
  /// Targets of this value are ignored.
  public let ignoreIndex: Int
  private var right = 0
  private var total = 0

  /// Creates a metric without examples.
  public init(threshold: Double = 0, ignoreIndex: Int = -100) {
    self.threshold = threshold
    self.ignoreIndex = ignoreIndex
  }

  /// `subset_accuracy`
  public var name: String { "subset_accuracy" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Independent binary labels.
  public var subject: MetricSubject? { .binaryLabels }
  /// A share of the examples.
  public var isShare: Bool { true }
  /// Examples without a wrong decision, divided by all; NaN before the first example.
  public var value: Double { total == 0 ? .nan : Double(right) / Double(total) }

  /// Adds a batch.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    let batch = try DecisionScores(output, target, ignoreIndex: ignoreIndex, metric: name)
    let rows = output.shape.rank == 0 ? 1 : output.shape[0]
    let width = output.elementCount / max(1, rows)
    for row in 0..<rows {
      let decisions = (row * width..<(row + 1) * width).compactMap { index in
        batch.labels[index].map { label in
          !batch.scores[index].isNaN && (batch.scores[index] > threshold) == label
        }
      }
      guard !decisions.isEmpty else { continue }
      total += 1
      if !decisions.contains(false) { right += 1 }
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { (right, total) = (0, 0) }
}
