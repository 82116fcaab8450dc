public import NNCore
public import NNData
public import NNLosses
public import NNMetrics
public import NNTraining

/// How much a trained network's score on data worsens when a feature is shuffled among the
/// examples (scikit-learn's `permutation_importance`).
///
/// ```swift
/// let result = try PermutationImportance.measure(model, on: test, metric: Accuracy())
/// for feature in result.features { print(feature.name, feature.mean, feature.deviation) }
/// ```
///
/// Shuffling breaks the relation between a feature and everything else and keeps the feature's
/// distribution. The importance is 0 for a feature that the network does not use, and may be
/// negative by chance. Of two features with the same information, either may seem unimportant.
///
/// Source: Breiman, "Random forests", Machine Learning 45, 2001.
public struct PermutationImportance: Sendable {
  /// The name on the command line.
  public static let name = "permutation"
  private static let stream: UInt32 = 0x4558_0001

  /// The importance of one feature.
  public struct Feature: Sendable {
    /// The feature's name.
    public let name: String
    /// By how much each shuffle worsened the score; negative where it improved.
    public let importances: [Double]
    /// Their mean.
    public let mean: Double
    /// Their standard deviation, divided by the number of shuffles, as `numpy.std`.
    public let deviation: Double

    init(name: String, importances: [Double]) {
      self.name = name
      self.importances = importances
      let count = Double(importances.count)
      let mean = importances.reduce(0, +) / count
      self.mean = mean
      deviation =
        (importances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }
  }

  /// The name of the score: that of the metric, or `loss`.
  public let score: String
  /// Whether a greater score is better; otherwise the importance is the increase of the score.
  public let isHigherBetter: Bool
  /// The score on the unchanged data.
  public let baseline: Double
  /// The name of the data.
  public let data: String
  /// The number of examples.
  public let count: Int
  /// The features, in the order of the data.
  public let features: [Feature]

  /// The features, the most important first; on ties, in the order of the data.
  public var ranked: [Feature] {
    features.enumerated().sorted {
      $0.element.mean == $1.element.mean
        ? $0.offset < $1.offset : $0.element.mean > $1.element.mean
    }.map(\.element)
  }

  /// Measures the importance of every feature of data: a column of a table, a column of a series
  /// with all its steps, a channel of images.
  ///
  /// All features are shuffled by the same permutations.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - dataset: Data like those that it was trained on, with at least two examples.
  ///   - metric: The score, empty; nil (default) for the loss.
  ///   - losses: The losses; nil (default) for those of the run.
  ///   - repeats: The number of shuffles of each feature.
  ///   - seed: The seed of the permutations.
  ///   - onProgress: Called with each feature's name before it is shuffled.
  /// - Throws: `NNError` for data that are incompatible with the network or the score, for data
  ///   whose features cannot be exchanged between examples (tokens, sequences of several lengths),
  ///   and for a model without a config if no losses are given.
  public static func measure(
    _ model: TrainedModel, on dataset: Dataset, metric: (any Metric)? = nil,
    losses: [LossTerm]? = nil, repeats: Int = 5, seed: UInt64 = 42,
    onProgress: (_ feature: String) -> Void = { _ in }
  ) throws(NNError) -> PermutationImportance {
    guard (1...10_000).contains(repeats) else {
      throw .invalid("the number of repeats is \(repeats), expected 1 to 10000")
    }
    let permutations = (0..<repeats).map { step in
      Philox(seed: seed, stream: stream, step: UInt32(step)).permutation(dataset.count)
    }
    return try measure(
      model, on: dataset, metric: metric, losses: losses, permutations: permutations,
      onProgress: onProgress)
  }

  /// Measures with given permutations: in shuffle r an example `i` gets the feature of the example
  /// `permutations[r][i]`; otherwise as above.
  package static func measure(
    _ model: TrainedModel, on dataset: Dataset, metric: (any Metric)?, losses: [LossTerm]?,
    permutations: [[Int]], onProgress: (_ feature: String) -> Void = { _ in }
  ) throws(NNError) -> PermutationImportance {
    try requireExchangeable(dataset)
    let terms = if let losses { losses } else { try model.recordedLosses() }
    let measurement = try ModelMeasurement(model, losses: terms, of: dataset)
    let whole = measurement.dataset
    let name = metric?.name ?? "loss"
    func score(_ data: Dataset) throws(NNError) -> Double {
      let result = try measurement(data, metrics: metric.map { [$0] } ?? [])
      return result.metrics.first?.value ?? result.loss
    }
    let baseline = try score(whole)
    guard baseline.isFinite else {
      throw .invalid(
        "`\(name)` is \(baseline) on these data, so its fall cannot be measured", at: dataset.name,
        hint: "choose another metric")
    }
    let isHigherBetter = metric?.isHigherBetter ?? false
    var features: [Feature] = []
    for feature in whole.features {
      onProgress(feature.name)
      var importances: [Double] = []
      for order in permutations {
        let shuffled = try score(try whole.permuting(feature, by: order))
        importances.append(isHigherBetter ? baseline - shuffled : shuffled - baseline)
      }
      features.append(Feature(name: feature.name, importances: importances))
    }
    return PermutationImportance(
      score: name, isHigherBetter: isHigherBetter, baseline: baseline, data: dataset.name,
      count: whole.count, features: features)
  }

  private static func requireExchangeable(_ dataset: Dataset) throws(NNError) {
    let advice = "explain single rows: integrated_gradients"
    // Categories of a table are features like its numbers.
    guard dataset.vocabulary == nil || dataset.columns != nil && dataset.tokenizers == nil else {
      throw .invalid(
        "permutation importance shuffles a feature among examples, and tokens of texts have no "
          + "features", at: dataset.name, hint: advice)
    }
    if let lengths = dataset.lengths, Set(lengths.scalars(as: Int32.self)).count > 1 {
      throw .invalid(
        "permutation importance shuffles a feature among examples, and these series have several "
          + "lengths, so that padding would be shuffled too", at: dataset.name, hint: advice)
    }
    guard dataset.count > 1 else {
      throw .invalid(
        "permutation importance needs at least two examples", at: dataset.name)
    }
    guard dataset.hasTargets else {
      throw .invalid(
        "permutation importance needs targets, which the data do not have", at: dataset.name)
    }
  }
}
