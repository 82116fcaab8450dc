public import NNCore

/// The share of examples whose class is predicted right.
///
/// Scores [N, C] with C > 1 name the class with the largest score; targets are labels [N] or
/// distributions [N, C]. Scores of the target's own shape ([N], [N, 1], …) are binary: above the
/// threshold means 1, and targets of at least ½ count as 1.
public struct Accuracy: Metric {
  /// Above which a binary score means 1: 0 for logits, ½ for probabilities.
  public let threshold: Double
  /// Labels of this value take no part.
  public let ignoreIndex: Int
  private var right = 0
  private var total = 0

  /// Creates an empty figure.
  public init(threshold: Double = 0, ignoreIndex: Int = -100) {
    self.threshold = threshold
    self.ignoreIndex = ignoreIndex
  }

  /// `accuracy`
  public var name: String { "accuracy" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }
  /// Right examples through all.
  public var value: Double { total == 0 ? .nan : Double(right) / Double(total) }

  /// Adds a batch.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    let hasClasses = output.shape.rank >= 2 && output.shape[1] > 1
    if !hasClasses || (output.shape == target.shape && !target.dtype.isFloatingPoint) {
      try updateBinary(output, target)
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

  private mutating func updateBinary(
    _ output: HostTensor, _ target: HostTensor
  ) throws(NNError) {
    guard output.elementCount == target.elementCount else {
      throw .invalid(
        "metric \(name) takes targets of the output's shape \(output.shape), gets \(target.shape)")
    }
    for (score, truth) in zip(output.doubles, target.doubles)
    where truth != Double(ignoreIndex) {
      total += 1
      if (score > threshold) == (truth >= 0.5), !score.isNaN { right += 1 }
    }
  }
}
