package import NNTraining

/// The events of a run so far, in bounded memory: what a dashboard draws, and what a page that was
/// opened late receives.
package struct RunHistory: Sendable {
  /// The start event, from before the first step.
  package private(set) var start: TrainingEvent.Start?
  /// Steps of the whole run, thinned.
  package private(set) var steps = ThinnedSeries<TrainingEvent.Step>(capacity: 512)
  /// Steps whose gradient was measured, thinned.
  package private(set) var gradients = ThinnedSeries<TrainingEvent.Step>(capacity: 512)
  /// Epochs of the whole run, thinned.
  package private(set) var epochs = ThinnedSeries<TrainingEvent.Epoch>(capacity: 512)
  /// The last epochs, the newest last.
  package private(set) var recentEpochs: [TrainingEvent.Epoch] = []
  /// The best epoch so far.
  package private(set) var bestEpoch: TrainingEvent.Epoch?
  /// The newest step.
  package private(set) var lastStep: TrainingEvent.Step?
  /// The newest step whose gradient was measured.
  package private(set) var lastGradient: TrainingEvent.Step?
  /// Examples seen since this process began to train.
  package private(set) var rows = 0
  /// Epochs finished since this process began to train.
  package private(set) var epochCount = 0
  /// How the run ended, once it has.
  package private(set) var outcome: TrainingEvent.Outcome?

  /// The maximum number of epochs in ``recentEpochs``.
  package static let recentCount = 16

  /// Creates an empty history.
  package init() { recentEpochs.reserveCapacity(Self.recentCount + 1) }

  /// Adds the next event.
  package mutating func add(_ event: TrainingEvent) {
    switch event {
    case .started(let start): self.start = start
    case .step(let step):
      lastStep = step
      rows += step.rows
      // A batch whose targets are all ignored has no loss.
      if !step.loss.isNaN { steps.append(step) }
      if step.gradientNorm != nil {
        lastGradient = step
        gradients.append(step)
      }
    case .epoch(let epoch):
      epochCount += 1
      epochs.append(epoch)
      recentEpochs.append(epoch)
      if recentEpochs.count > Self.recentCount { recentEpochs.removeFirst() }
      if epoch.isBest { bestEpoch = epoch }
    case .trace, .weights, .checkpoint, .warning: break
    case .finished(let outcome): self.outcome = outcome
    }
  }

  /// The share of all steps that are done, from 0 to 1.
  package var share: Double {
    guard let start else { return 0 }
    return min(1, Double(lastStep?.step ?? start.stepsDone) / Double(max(1, stepCount)))
  }

  /// The number of steps of the whole run, if it is not stopped early.
  package var stepCount: Int { (start?.epochs ?? 0) * (start?.stepsPerEpoch ?? 0) }

  /// The estimated remaining time in seconds, from the mean of the steps so far, validation
  /// included; nil before the first step.
  ///
  /// - Parameter seconds: Seconds since the run started or was resumed.
  package func secondsLeft(after seconds: Double) -> Double? {
    guard let start, let lastStep, lastStep.step > start.stepsDone else { return nil }
    let done = Double(lastStep.step - start.stepsDone)
    return max(0, seconds / done * Double(stepCount - lastStep.step))
  }
}

/// The rate at which a count grows, over the last second or two.
package struct RecentRate: Sendable {
  private var older = (count: 0, seconds: 0.0)
  private var newer = (count: 0, seconds: 0.0)

  /// Creates a rate for a count that begins now, at 0.
  package init() {}

  /// Updates the rate; returns the count's growth per second.
  ///
  /// - Parameters:
  ///   - count: The count now.
  ///   - seconds: Seconds since the beginning; never decreasing.
  package mutating func update(_ count: Int, at seconds: Double) -> Double {
    if seconds - newer.seconds >= 1 {
      older = newer
      newer = (count, seconds)
    }
    return Double(count - older.count) / max(seconds - older.seconds, 1e-9)
  }
}
