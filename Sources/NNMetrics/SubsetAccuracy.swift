public import NNCore

/// The share of examples of which every decision is right (scikit-learn's `accuracy_score` for several
/// labels per example).
///
/// Outputs [N, K] are K decisions for each example: yes above the threshold. Targets have as many
/// elements; those of at least ½ mean yes.
public struct SubsetAccuracy: Metric {
  /// Above which an output means yes: 0 (default) for logits, ½ for probabilities.
  public let threshold: Double
  /// Targets of this value take no part.
  public let ignoreIndex: Int
  private var right = 0
  private var total = 0

  /// Creates an empty figure.
  public init(threshold: Double = 0, ignoreIndex: Int = -100) {
    self.threshold = threshold
    self.ignoreIndex = ignoreIndex
  }

  /// `subset_accuracy`
  public var name: String { "subset_accuracy" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Examples without a wrong decision, divided by all.
  public var value: Double { total == 0 ? .nan : Double(right) / Double(total) }

  /// Adds a batch.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    let batch = try DecisionScores(output, target, ignoreIndex: ignoreIndex, metric: name)
    let rows = output.shape.rank == 0 ? 1 : output.shape[0]
    let width = output.elementCount / max(1, rows)
    for row in 0..<rows {
      let decisions = (row * width..<(row + 1) * width).compactMap { index in
        batch.truths[index].map { truth in
          !batch.scores[index].isNaN && (batch.scores[index] > threshold) == truth
        }
      }
      guard !decisions.isEmpty else { continue }
      total += 1
      if !decisions.contains(false) { right += 1 }
    }
  }

  /// Forgets all batches.
  public mutating func reset() { (right, total) = (0, 0) }
}
