import NNCore

/// The tables that a run appends to: `steps.csv`, `metrics.csv` and, if enabled, `gradients.csv`.
struct RunLogs {
  private let steps: CSVLog
  private let epochs: CSVLog
  private let gradients: CSVLog?
  private let figures: [String]
  private let every: Int

  /// Opens the tables, keeping the rows up to a checkpoint.
  init(_ folder: RunFolder, config: Config, progress: TrainingProgress) throws(NNError) {
    figures = config.metricFigures
    every = config.log.every
    let parts = config.lossNames
    steps = try CSVLog(
      path: folder.steps,
      columns: ["step", "loss"] + parts.map { "loss_\($0)" } + ["lr", "grad_norm"],
      last: progress.step)
    gradients =
      config.log.gradients
      ? try CSVLog(
        path: folder.gradients, columns: ["step", "layer", "time_step", "norm"],
        last: progress.step) : nil
    epochs = try CSVLog(
      path: folder.metrics,
      columns: ["epoch"]
        + ["train_loss", "val_loss"].flatMap { loss in [loss] + parts.map { "\(loss)_\($0)" } }
        + figures + ["lr", "seconds", "samples_per_s"],
      last: progress.epoch)
  }

  /// Writes the tables again if they were removed.
  ///
  /// - Throws: `NNError` if they cannot be written.
  func restore() throws(NNError) {
    try steps.restore()
    try epochs.restore()
    try gradients?.restore()
  }

  /// Writes a step if it is to be logged.
  func append(_ step: TrainingEvent.Step) throws(NNError) {
    guard step.step % every == 0 else { return }
    let loss = step.loss.isNaN ? nil : step.loss
    try steps.append(
      step.step,
      [loss] + step.losses.map { $0.isNaN ? nil : $0 } + [step.learningRate, step.gradientNorm])
    for gradient in step.gradientNorms {
      try gradients?.append(
        step.step,
        fields: [
          gradient.layer, gradient.timeStep.map(String.init) ?? "", "\(gradient.norm)",
        ])
    }
  }

  /// Writes an epoch.
  func append(_ epoch: TrainingEvent.Epoch) throws(NNError) {
    let metrics = figures.map { figure in
      epoch.metrics.first { $0.name == figure }?.value
    }
    // Without validation its columns are empty.
    let validation: [Double?] =
      epoch.validationLosses.isEmpty
      ? epoch.trainLosses.map { _ in nil } : epoch.validationLosses
    try epochs.append(
      epoch.epoch,
      [epoch.trainLoss] + epoch.trainLosses + [epoch.validationLoss] + validation + metrics
        + [epoch.learningRate, epoch.seconds, epoch.rowsPerSecond])
  }
}
