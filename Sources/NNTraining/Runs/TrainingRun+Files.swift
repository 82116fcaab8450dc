import NNCore
import NNData

/// What a run writes while it trains, and reads when it continues.
extension TrainingRun {
  /// Writes what every start of a run writes.
  func describe() throws(NNError) {
    try folder.describe(
      config: config.resolvedYAML,
      environment: RunEnvironment(
        seed: config.seed, configFolder: folder.path, command: command
      ).json)
    if let tokenizers = data.train.tokenizers { try folder.describe(tokenizers) }
  }

  /// Whether a checkpoint is to be written after so many epochs or steps.
  func isCheckpointDue(_ interval: Interval, count: Int) -> Bool {
    guard config.checkpoint.interval == interval else { return false }
    if let every = config.checkpoint.every { return count.isMultiple(of: every) }
    return checkpointPace.isDue(now: Seconds.now)
  }

  /// Writes the weights that the run gives if it ends now, or lets them wait.
  func saveWeights() throws(NNError) {
    let weights = try resultingWeights()
    try writing { () throws(NNError) in try saver.save(weights, now: Seconds.now) }
  }

  func saveCheckpoint(_ report: (TrainingEvent) throws(NNError) -> Void) throws(NNError) {
    try trainer.requireFiniteWeights()
    // In this order: a finished run is not taken up again, so its weights must be there before.
    try writing { () throws(NNError) in try saver.flush() }
    let tensors =
      try trainer.weights().map { ("model/\($0.name)", $0.tensor) }
      + trainer.learner.optimizerState.map { ("optimizer/\($0.name)", $0.tensor) }
      + (best ?? []).map { ("best/\($0.name)", $0.tensor) }
    var checkpoint = Checkpoint(
      progress: trainer.progress, tensors: tensors.map { (name: $0.0, tensor: $0.1) })
    checkpoint.origin = origin
    let path = try writing { () throws(NNError) in
      try checkpoint.write(into: folder.checkpoints, keep: config.checkpoint.keep)
    }
    checkpointPace.wrote(now: Seconds.now)
    try report(.checkpoint(path: path))
  }

  func restore(_ checkpoint: Checkpoint) throws(NNError) {
    let wanted = trainer.progress.monitor
    try trainer.load(checkpoint.tensors(under: "model/"))
    try trainer.learner.loadOptimizerState(checkpoint.tensors(under: "optimizer/"))
    let saved = checkpoint.tensors(under: "best/")
    best =
      saved.isEmpty
      ? nil
      : try trainer.weights().compactMap { entry in
        saved[entry.name].map { (entry.name, $0) }
      }
    trainer.progress = checkpoint.progress
    trainer.progress.monitor = checkpoint.progress.monitor.continued(as: wanted)
    // The best by another figure are not the best by this one.
    if trainer.progress.monitor.best == nil { best = nil }
    guard trainer.progress.stepInEpoch <= trainer.stepsPerEpoch else {
      throw .invalid(
        "the checkpoint stands at step \(trainer.progress.stepInEpoch) of an epoch that now has "
          + "\(trainer.stepsPerEpoch)",
        hint: "resume with the data and batch size that the run started with")
    }
  }

  /// What the run gives if it ends now.
  private func resultingWeights() throws(NNError) -> ModelSaver.Weights {
    if keepsBest, let best {
      return .init(.best(epoch: trainer.progress.monitor.bestEpoch), best)
    }
    return .init(.last(step: trainer.progress.step), try trainer.weights())
  }

  /// Writes files, and makes the folder again where somebody has removed it meanwhile.
  ///
  /// - Throws: `NNError` of a failed run when they cannot be written.
  func writing<Result>(_ body: () throws(NNError) -> Result) throws(NNError) -> Result {
    do throws(NNError) { return try body() } catch {
      guard !folder.isThere else { throw error.asFailure }
      do throws(NNError) {
        try rebuild()
        return try body()
      } catch { throw error.asFailure }
    }
  }

  /// Makes the run's folder again, with all that is still known.
  private func rebuild() throws(NNError) {
    try claim.renew()
    try describe()
    try logs?.restore()
    saver.forget()
    try saver.save(resultingWeights(), now: Seconds.now)
    try saver.flush()
    warnings.append(
      "\(folder.path): the folder, or checkpoints/ in it, was removed while the run went on; it was "
        + "made again")
  }
}
