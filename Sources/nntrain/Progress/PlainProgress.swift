import NNCore
import NNTraining

/// A line at the start of a run and one for each epoch, of many epochs about a hundred.
final class PlainProgress: TrainingObserver {
  private var start: TrainingEvent.Start?

  func receive(_ event: TrainingEvent) throws(NNError) {
    for line in lines(for: event) { Console.show(line) }
  }

  /// What there is to say about an event; nothing for most.
  func lines(for event: TrainingEvent) -> [String] {
    switch event {
    case .started(let start):
      self.start = start
      return [Self.line(start)]
    case .epoch(let epoch):
      let epochs = start?.epochs ?? epoch.epoch
      let isShown =
        epoch.epoch % max(1, epochs / 100) == 0 || epoch.epoch == 1 || epoch.epoch == epochs
      return isShown ? [Self.line(epoch, of: epochs)] : []
    case .warning(let message): return ["warning: \(message)"]
    case .step, .weights, .checkpoint, .finished: return []
    }
  }

  private static func line(_ start: TrainingEvent.Start) -> String {
    let counts = [
      "\(NumberText.grouped(start.rows)) rows",
      "\(NumberText.grouped(start.stepsPerEpoch)) steps an epoch", "\(start.epochs) epochs",
      "\(NumberText.grouped(start.parameterCount)) parameters",
    ].joined(separator: ", ")
    return start.stepsDone == 0
      ? "training: \(counts)"
      : "going on after step \(NumberText.grouped(start.stepsDone)): \(counts)"
  }

  private static func line(_ epoch: TrainingEvent.Epoch, of epochs: Int) -> String {
    var figures = [("train_loss", epoch.trainLoss)]
    if let loss = epoch.validationLoss { figures.append(("val_loss", loss)) }
    figures += epoch.metrics
    let texts = figures.map { "\($0.0) \(NumberText.rounded($0.1))" }
    let speed = "\(NumberText.grouped(Int(epoch.rowsPerSecond.rounded()))) rows/s"
    let width = "\(epochs)".count
    let number = String(repeating: " ", count: max(0, width - "\(epoch.epoch)".count))
    return
      (["epoch \(number)\(epoch.epoch)/\(epochs)"] + texts
      + [NumberText.duration(epoch.seconds), speed]).joined(separator: "  ")
      + (epoch.isBest ? "  best" : "")
  }
}
