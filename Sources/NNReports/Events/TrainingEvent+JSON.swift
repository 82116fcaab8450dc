package import NNTraining

extension TrainingEvent {
  /// The event as a JSON object whose member `event` is its type; nil for weights and
  /// the numbers of a step.
  ///
  /// Numbers read back exactly; NaN and infinities are `null`. The output of `--progress json` and
  /// the live view consist of these objects.
  package var jsonLine: JSONLine? {
    var line = JSONLine()
    switch self {
    case .started(let start):
      line.add("event", "start")
      line.add("epochs", start.epochs)
      line.add("rows", start.rows)
      line.add("steps_per_epoch", start.stepsPerEpoch)
      line.add("parameters", start.parameterCount)
      line.add("steps_done", start.stepsDone)
    case .step(let step):
      line.add("event", "step")
      line.add("step", step.step)
      line.add("epoch", step.epoch)
      line.add("step_in_epoch", step.stepInEpoch)
      line.add("loss", step.loss)
      line.add("lr", step.learningRate)
      line.add("grad_norm", step.gradientNorm)
      line.add("rows", step.rows)
    case .epoch(let epoch):
      line.add("event", "epoch")
      line.add("epoch", epoch.epoch)
      line.add("train_loss", epoch.trainLoss)
      line.add("val_loss", epoch.validationLoss)
      line.add("metrics", epoch.metrics)
      line.add("lr", epoch.learningRate)
      line.add("seconds", epoch.seconds)
      line.add("samples_per_s", epoch.rowsPerSecond)
      line.add("best", epoch.isBest)
    case .trace, .weights: return nil
    case .checkpoint(let path):
      line.add("event", "checkpoint")
      line.add("path", path)
    case .warning(let message):
      line.add("event", "warning")
      line.add("message", message)
    case .finished(let outcome):
      line.add("event", "finish")
      line.add("outcome", outcome.rawValue)
    }
    return line
  }
}
