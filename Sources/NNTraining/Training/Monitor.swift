import NNCore

/// Follows one figure over the epochs: which epoch was best, and when to give up.
public struct Monitor: Sendable, Hashable, Codable {
  /// The figure's name: `val_loss`, `train_loss`, `val_accuracy`, ….
  public let figure: String
  /// Whether larger is better.
  public let prefersHigher: Bool
  /// Patience takes gains up to this size for none.
  public let minimumChange: Double
  /// Epochs without gain after which to stop, 0 as 1; nil never stops.
  public let patience: Int?

  /// The best figure so far.
  public private(set) var best: Double?
  /// The epoch it came from, counted from 1.
  public private(set) var bestEpoch = 0
  /// Epochs since the last gain that counts for patience.
  public private(set) var epochsWithoutImprovement = 0
  /// From where gains count for patience: the figure of that epoch. Checkpoints of older versions, where
  /// only such gains were best, lack it.
  private var reference: Double?

  /// Follows a figure.
  ///
  /// - Parameters:
  ///   - figure: `val_loss`, `train_loss`, `val_accuracy`, ….
  ///   - prefersHigher: Whether larger is better.
  ///   - minimumChange: Patience takes gains up to this size for none; 0 by default. Small gains add up:
  ///     they are measured from the last one that counted.
  ///   - patience: Epochs without gain after which to stop, 0 as 1; nil (the default) never stops.
  public init(
    figure: String, prefersHigher: Bool, minimumChange: Double = 0, patience: Int? = nil
  ) {
    self.figure = figure
    self.prefersHigher = prefersHigher
    self.minimumChange = minimumChange
    self.patience = patience
  }

  /// Takes an epoch's figure and says whether it is the best so far, by any gain; NaN never is.
  public mutating func update(_ value: Double, epoch: Int) -> Bool {
    func gain(over other: Double?) -> Double {
      other.map { prefersHigher ? value - $0 : $0 - value } ?? .infinity
    }
    let reference = reference ?? best
    if !value.isNaN, reference == nil || gain(over: reference) > minimumChange {
      self.reference = value
      epochsWithoutImprovement = 0
    } else {
      self.reference = reference
      epochsWithoutImprovement += 1
    }
    guard !value.isNaN, best == nil || gain(over: best) > 0 else { return false }
    best = value
    bestEpoch = epoch
    return true
  }

  /// Whether patience has run out, which takes at least one epoch without gain.
  public var isExhausted: Bool {
    patience.map { epochsWithoutImprovement >= max(1, $0) } ?? false
  }

  /// What is known so far under the settings of another monitor, so that a run may go on with more
  /// patience; a monitor of another figure starts afresh.
  func continued(as other: Monitor) -> Monitor {
    // Older versions name a metric without the data that it is measured on.
    let names = [figure, "val_\(figure)", "train_\(figure)"]
    guard names.contains(other.figure), other.prefersHigher == prefersHigher else { return other }
    var result = other
    result.reference = reference
    result.best = best
    result.bestEpoch = bestEpoch
    result.epochsWithoutImprovement = epochsWithoutImprovement
    return result
  }
}
