public import NNCore

/// Calibration: of all predictions with a probability of 80 %, are 80 % correct? The value is the
/// expected calibration error Σ n_b/N · |accuracy_b − confidence_b| over bins b of equal width.
///
/// With several classes a prediction is the most probable class, and its probability the
/// confidence. For a binary decision the confidence is the probability of yes (class 1), and the
/// accuracy the share of yes.
///
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017.
public struct Calibration: Metric {
  /// The predictions with about the same probability.
  public struct Bin: Sendable, Hashable {
    /// The lower bound of the bin, exclusive except for 0.
    public let lowerBound: Double
    /// The upper bound of the bin, inclusive.
    public let upperBound: Double
    /// The number of predictions in the bin.
    public fileprivate(set) var count = 0
    fileprivate var confidenceSum = 0.0
    fileprivate var rightCount = 0

    /// The mean probability; NaN in an empty bin.
    public var confidence: Double { count == 0 ? .nan : confidenceSum / Double(count) }
    /// The share of correct predictions; NaN in an empty bin.
    public var accuracy: Double { count == 0 ? .nan : Double(rightCount) / Double(count) }
  }

  /// The bins from 0 to 1.
  public private(set) var bins: [Bin]
  /// Labels of this value are ignored.
  public let ignoreIndex: Int
  /// How probabilities are interpreted.
  public let rule: PredictionRule

  /// Creates a metric without examples.
  ///
  /// - Parameter binCount: The number of bins; 15 by default, as in the source.
  public init(
    binCount: Int = 15, ignoreIndex: Int = -100, rule: PredictionRule = .byShape
  ) {
    precondition(binCount > 0, "\(binCount) bins")
    self.rule = rule
    self.ignoreIndex = ignoreIndex
    bins = (0..<binCount).map { index in
      Bin(
        lowerBound: Double(index) / Double(binCount),
        upperBound: Double(index + 1) / Double(binCount))
    }
  }

  /// `calibration_error`
  public var name: String { "calibration_error" }
  /// Lower is better.
  public var isHigherBetter: Bool { false }
  /// Classes, or binary labels.
  public var subject: MetricSubject? { .classes }

  /// The expected calibration error; NaN before the first example.
  public var value: Double {
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return .nan }
    return bins.filter { $0.count > 0 }.reduce(0) { sum, bin in
      sum + Double(bin.count) / Double(total) * abs(bin.accuracy - bin.confidence)
    }
  }

  /// Adds a batch of probabilities: [N, C] with labels [N] or distributions [N, C]; or binary
  /// decisions with one target each, which is yes from ½ on.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    if rule.readsDecisions(output, target) {
      let batch = try DecisionScores(output, target, ignoreIndex: ignoreIndex, metric: name)
      for (probability, label) in batch.counted { try add(probability, isRight: label) }
      return
    }
    let batch = try ClassScores(output, target, ignoreIndex: ignoreIndex, metric: name)
    for (row, label) in batch.labels.enumerated() {
      guard let label else { continue }
      let predicted = batch.predicted(row)
      try add(batch.scores[row * batch.classes + predicted], isRight: predicted == label)
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() {
    self = Calibration(binCount: bins.count, ignoreIndex: ignoreIndex, rule: rule)
  }

  private mutating func add(_ probability: Double, isRight: Bool) throws(NNError) {
    guard probability >= 0, probability <= 1.000001 else {
      throw .invalid("metric \(name) takes probabilities, gets \(probability)")
    }
    // Upper bounds are inclusive.
    let index = max(0, Int((probability * Double(bins.count)).rounded(.up)) - 1)
    let bin = min(index, bins.count - 1)
    bins[bin].count += 1
    bins[bin].confidenceSum += probability
    if isRight { bins[bin].rightCount += 1 }
  }
}
