/// Precision, recall and F1, as in scikit-learn's `classification_report`.
extension ConfusionMatrix {
  /// How the scores of classes are averaged.
  public enum Average: Sendable, Hashable, CaseIterable {
    /// The mean of all classes that have examples or predictions.
    case macro
    /// The mean weighted by the examples of each class.
    case weighted
  }

  /// Precision, recall and F1 together.
  public struct Scores: Sendable, Hashable {
    /// The share of a class's predictions that are correct, TP / (TP + FP).
    public let precision: Double
    /// The share of a class's examples that are predicted as it, TP / (TP + FN).
    public let recall: Double
    /// The harmonic mean of both.
    public let f1: Double
  }

  /// The number of examples of each class.
  public var support: [Int] { counts.map { $0.reduce(0, +) } }

  /// The number of predictions of each class.
  public var predictedCounts: [Int] {
    counts.indices.map { index in counts.reduce(0) { $0 + $1[index] } }
  }

  /// F1 of each class, 2 TP / (2 TP + FP + FN); NaN for a class without examples and predictions.
  public var f1: [Double] {
    zip(support, predictedCounts).enumerated().map { index, both in
      let total = both.0 + both.1
      return total == 0 ? .nan : 2 * Double(counts[index][index]) / Double(total)
    }
  }

  /// The average scores of all classes; NaN before the first example.
  ///
  /// A precision or recall that is undefined counts as 0.
  public func average(_ kind: Average) -> Scores {
    let (support, predicted) = (support, predictedCounts)
    let weights: [Double] = support.indices.map { index in
      switch kind {
      case .macro: support[index] + predicted[index] > 0 ? 1 : 0
      case .weighted: Double(support[index])
      }
    }
    let total = weights.reduce(0, +)
    func mean(_ values: [Double]) -> Double {
      guard total > 0 else { return .nan }
      return zip(values, weights).reduce(0) { $0 + ($1.0.isNaN ? 0 : $1.0 * $1.1) } / total
    }
    return Scores(precision: mean(precision), recall: mean(recall), f1: mean(f1))
  }
}
