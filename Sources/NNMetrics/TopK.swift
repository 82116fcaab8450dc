public import NNCore

/// The share of examples whose class is among the k largest scores.
///
/// Scores [N, C]; targets are labels [N] or distributions [N, C]. Of equal scores the first count
/// as larger.
public struct TopK: Metric {
  /// How many guesses count.
  public let k: Int
  /// Labels of this value take no part.
  public let ignoreIndex: Int
  private var right = 0
  private var total = 0

  /// Creates an empty figure.
  public init(k: Int = 5, ignoreIndex: Int = -100) {
    self.k = k
    self.ignoreIndex = ignoreIndex
  }

  /// `top_5`
  public var name: String { "top_\(k)" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Examples found through all.
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

  /// Forgets all batches.
  public mutating func reset() { (right, total) = (0, 0) }
}
