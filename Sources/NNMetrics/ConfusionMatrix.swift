public import NNCore

/// How often class i was predicted as class j. Its figure is the accuracy.
public struct ConfusionMatrix: Metric {
  /// Labels of this value take no part.
  public let ignoreIndex: Int
  /// `counts[i][j]`: examples of class i that were predicted as j; empty before the first batch.
  public private(set) var counts: [[Int]] = []

  /// Creates an empty matrix.
  public init(ignoreIndex: Int = -100) { self.ignoreIndex = ignoreIndex }

  /// `confusion_matrix`
  public var name: String { "confusion_matrix" }
  /// Higher is better.
  public var isHigherBetter: Bool { true }

  /// The share of examples on the diagonal.
  public var value: Double {
    let total = counts.joined().reduce(0, +)
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    return total == 0 ? .nan : Double(right) / Double(total)
  }

  /// The share of each class's examples that was found; NaN for a class without examples.
  public var recall: [Double] {
    counts.indices.map { Self.share(counts[$0][$0], of: counts[$0].reduce(0, +)) }
  }

  /// The share of each class's predictions that was right; NaN for a class never predicted.
  public var precision: [Double] {
    counts.indices.map { index in
      Self.share(counts[index][index], of: counts.reduce(0) { $0 + $1[index] })
    }
  }

  /// Adds a batch: scores [N, C], labels [N] or distributions [N, C].
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    let batch = try ClassScores(output, target, ignoreIndex: ignoreIndex, metric: name)
    if counts.isEmpty {
      counts = [[Int]](
        repeating: [Int](repeating: 0, count: batch.classes), count: batch.classes)
    }
    guard counts.count == batch.classes else {
      throw .invalid(
        "metric \(name): \(batch.classes) classes after \(counts.count) in earlier batches")
    }
    for (row, label) in batch.labels.enumerated() {
      guard let label else { continue }
      counts[label][batch.predicted(row)] += 1
    }
  }

  /// Forgets all batches.
  public mutating func reset() { counts = [] }

  private static func share(_ part: Int, of total: Int) -> Double {
    total == 0 ? .nan : Double(part) / Double(total)
  }
}
