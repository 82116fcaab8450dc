package import NNTraining

/// A rule that ends bad trials early.
///
/// Trials are compared at *rungs*: after certain numbers of epochs, once all trials of a round have
/// got there. A decision depends on nothing else than the results up to there.
package protocol Pruner: Sendable {
  /// The numbers of epochs below a total after which trials are compared, ascending.
  func rungs(below epochs: Int) -> [Int]

  /// Whether a trial ends at a rung.
  ///
  /// - Parameters:
  ///   - trial: The losses of the trial so far.
  ///   - rung: The number of epochs done.
  ///   - others: The losses of all other trials of this round and of earlier ones.
  func ends(_ trial: TrialLosses, at rung: Int, among others: [TrialLosses]) -> Bool
}

/// The losses of a trial's first run, of which smaller ones are better.
package struct TrialLosses: Sendable {
  /// The loss after each epoch.
  package let curve: [Double]
  /// The loss at each rung of the weights that the run would end with there.
  package let atRungs: [Int: Double]
  /// Whether it is a finished trial of an earlier round.
  package let isFinished: Bool

  package init(curve: [Double], atRungs: [Int: Double], isFinished: Bool) {
    self.curve = curve
    self.atRungs = atRungs
    self.isFinished = isFinished
  }
}

extension PrunerOptions {
  /// The pruner.
  package var pruner: any Pruner {
    switch self {
    case .asha(let minEpochs, let reduction):
      ASHAPruner(minEpochs: minEpochs, reduction: reduction)
    case .median(let startup, let warmup, let interval):
      MedianPruner(startup: startup, warmup: warmup, interval: interval)
    }
  }
}
