import NNCore
import NNTraining

/// Prints one line at the start of a run and one per epoch: about a hundred if there are many
/// epochs, and at most ten per second (after a burst of ten) if they are short; the first and the
/// last always. At the end, the best epoch.
final class PlainProgress: TrainingObserver {
  /// The number of lines per second, and of a burst.
  private static let linesPerSecond = 10.0

  private var start: TrainingEvent.Start?
  /// The number of lines that may be written, at `time`.
  private var allowance = linesPerSecond
  private var time = ContinuousClock.now
  private var hasShownEpoch = false
  /// The last epoch, if it has not been shown.
  private var unshown: TrainingEvent.Epoch?
  private var last: TrainingEvent.Epoch?
  private var best: TrainingEvent.Epoch?

  func receive(_ event: TrainingEvent) throws(NNError) {
    for line in lines(for: event) { Console.show(line) }
  }

  /// The lines to print for an event; none for most.
  func lines(for event: TrainingEvent) -> [String] {
    switch event {
    case .started(let start):
      self.start = start
      return [Self.line(start)]
    case .epoch(let epoch):
      last = epoch
      if epoch.isBest { best = epoch }
      guard isDue(epoch) else {
        unshown = epoch
        return []
      }
      unshown = nil
      hasShownEpoch = true
      return [line(epoch)]
    case .finished: return [unshown.map(line), bestLine].compactMap { $0 }
    // A run's warnings are printed when it ends.
    case .step, .trace, .weights, .checkpoint, .warning: return []
    }
  }

  private var epochs: Int { start?.epochs ?? last?.epoch ?? 1 }

  private func isDue(_ epoch: TrainingEvent.Epoch) -> Bool {
    let now = ContinuousClock.now
    allowance += time.duration(to: now) / .seconds(1) * Self.linesPerSecond
    allowance = min(allowance, Self.linesPerSecond)
    time = now
    guard hasShownEpoch, epoch.epoch != epochs else { return true }
    guard epoch.epoch % max(1, epochs / 100) == 0, allowance >= 1 else { return false }
    allowance -= 1
    return true
  }

  private static func line(_ start: TrainingEvent.Start) -> String {
    let counts = [
      "\(NumberText.grouped(start.rows)) rows",
      "\(NumberText.grouped(start.stepsPerEpoch)) steps per epoch", "\(start.epochs) epochs",
      "\(NumberText.grouped(start.parameterCount)) parameters",
    ].joined(separator: ", ")
    return start.stepsDone == 0
      ? "training: \(counts)"
      : "continuing after step \(NumberText.grouped(start.stepsDone)): \(counts)"
  }

  private func line(_ epoch: TrainingEvent.Epoch) -> String {
    let speed = "\(NumberText.grouped(Int(epoch.rowsPerSecond.rounded()))) samples/s"
    return ([text(epoch)] + [NumberText.duration(epoch.seconds), speed]).joined(separator: "  ")
  }

  /// The line about the epoch whose weights are kept, unless it is the last one.
  private var bestLine: String? {
    guard let best, best.validationLoss != nil, best.epoch != last?.epoch else { return nil }
    return "best: \(text(best))"
  }

  /// The epoch's number and figures.
  private func text(_ epoch: TrainingEvent.Epoch) -> String {
    var figures = [("train_loss", epoch.trainLoss)]
    if let loss = epoch.validationLoss { figures.append(("val_loss", loss)) }
    figures += epoch.metrics
    let texts = figures.map { "\($0.0) \(NumberText.rounded($0.1))" }
    let width = "\(epochs)".count
    let number = String(repeating: " ", count: max(0, width - "\(epoch.epoch)".count))
    return (["epoch \(number)\(epoch.epoch)/\(epochs)"] + texts).joined(separator: "  ")
  }
}
