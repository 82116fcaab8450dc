import NNCore

/// Follows one figure over the epochs: which epoch was best, and when to give up.
public struct Monitor: Sendable, Hashable, Codable {
  /// The figure's name: `val_loss`, `train_loss` or a metric's.
  public let figure: String
  /// Whether larger is better.
  public let prefersHigher: Bool
  /// Improvements up to this size do not count.
  public let minimumChange: Double
  /// Epochs without improvement after which to stop; nil never stops.
  public let patience: Int?

  /// The best figure so far.
  public private(set) var best: Double?
  /// The epoch it came from, counted from 1.
  public private(set) var bestEpoch = 0
  /// Epochs since then.
  public private(set) var epochsWithoutImprovement = 0

  /// Follows a figure.
  ///
  /// - Parameters:
  ///   - figure: `val_loss`, `train_loss` or a metric's name.
  ///   - prefersHigher: Whether larger is better.
  ///   - minimumChange: Improvements up to this size do not count; 0 by default.
  ///   - patience: Epochs without improvement after which to stop; nil (the default) never stops.
  public init(
    figure: String, prefersHigher: Bool, minimumChange: Double = 0, patience: Int? = nil
  ) {
    self.figure = figure
    self.prefersHigher = prefersHigher
    self.minimumChange = minimumChange
    self.patience = patience
  }

  /// Takes an epoch's figure and says whether it is the best so far; NaN never is.
  public mutating func update(_ value: Double, epoch: Int) -> Bool {
    let gain = best.map { prefersHigher ? value - $0 : $0 - value } ?? .infinity
    guard !value.isNaN, best == nil || gain > minimumChange else {
      epochsWithoutImprovement += 1
      return false
    }
    best = value
    bestEpoch = epoch
    epochsWithoutImprovement = 0
    return true
  }

  /// Whether patience has run out.
  public var isExhausted: Bool { patience.map { epochsWithoutImprovement >= $0 } ?? false }

  /// What is known so far under the settings of another monitor, so that a run may go on with more
  /// patience; a monitor of another figure starts afresh.
  func continued(as other: Monitor) -> Monitor {
    guard other.figure == figure, other.prefersHigher == prefersHigher else { return other }
    var result = other
    result.best = best
    result.bestEpoch = bestEpoch
    result.epochsWithoutImprovement = epochsWithoutImprovement
    return result
  }
}
