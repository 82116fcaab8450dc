import NNCore

/// Monitors one figure over the epochs: finds the best epoch, and decides when to stop early.
public struct Monitor: Sendable, Hashable, Codable {
  /// The figure's name: `val_loss`, `train_loss`, `val_accuracy`, ….
  public let figure: String
  /// Whether larger is better.
  public let prefersHigher: Bool
  /// The minimum improvement that counts for patience.
  public let minimumChange: Double
  /// Epochs without improvement after which training stops, with 0 as 1; nil never stops.
  public let patience: Int?

  /// The best figure so far.
  public private(set) var best: Double?
  /// The epoch of the best figure, counted from 1.
  public private(set) var bestEpoch = 0
  /// Epochs since the last improvement that counts for patience.
  public private(set) var epochsWithoutImprovement = 0
  /// The figure from which improvements are measured for patience. Checkpoints of older versions,
  /// where only such improvements were best, lack it.
  private var reference: Double?

  /// Creates a monitor.
  ///
  /// - Parameters:
  ///   - figure: `val_loss`, `train_loss`, `val_accuracy`, ….
  ///   - prefersHigher: Whether larger is better.
  ///   - minimumChange: The minimum improvement that counts for patience; 0 by default. Small
  ///     improvements accumulate: they are measured from the last one that counted.
  ///   - patience: Epochs without improvement after which training stops, with 0 as 1; nil (the
  ///     default) never stops.
  public init(
    figure: String, prefersHigher: Bool, minimumChange: Double = 0, patience: Int? = nil
  ) {
    self.figure = figure
    self.prefersHigher = prefersHigher
    self.minimumChange = minimumChange
    self.patience = patience
  }

  /// Adds an epoch's figure and returns whether it is the best so far, by any margin; NaN never is.
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

  /// Whether patience has run out, after at least one epoch without improvement.
  public var isExhausted: Bool {
    patience.map { epochsWithoutImprovement >= max(1, $0) } ?? false
  }

  /// This monitor's state with the settings of another one, so that a run may continue with more
  /// patience; the other monitor if it monitors another figure.
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
