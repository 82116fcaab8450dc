import NNCore
import NNData

/// The files that a run writes while it trains, and reads when it continues.
extension TrainingRun {
  /// Writes the files that every start of a run writes.
  func describe() throws(NNError) {
    try folder.describe(
      config: config.resolvedYAML,
      environment: RunEnvironment(
        seed: config.seed, configFolder: folder.path, command: command
      ).json)
    if let tokenizers = data.train.tokenizers { try folder.describe(tokenizers) }
    if let text = DataDocument.text(data) { try folder.describe(data: text) }
  }

  /// Whether to write a checkpoint after `count` epochs or steps.
  func isCheckpointDue(_ interval: Interval, count: Int) -> Bool {
    guard config.checkpoint.interval == interval else { return false }
    if let every = config.checkpoint.every { return count.isMultiple(of: every) }
    return checkpointPace.isDue(now: Seconds.now)
  }

  /// Saves the weights that the run would end with now; the write may be deferred.
  func saveWeights() throws(NNError) {
    let weights = try resultingWeights()
    try writing { () throws(NNError) in try saver.save(weights, now: Seconds.now) }
  }

  func saveCheckpoint(_ report: (TrainingEvent) throws(NNError) -> Void) throws(NNError) {
    try trainer.requireFiniteWeights()
    // In this order: a finished run is not resumed, so its weights must be written first.
    try writing { () throws(NNError) in try saver.flush() }
    let tensors =
      try trainer.weights().map { ("model/\($0.name)", $0.tensor) }
      + trainer.trainingStep.optimizerState.map { ("optimizer/\($0.name)", $0.tensor) }
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
    try trainer.trainingStep.loadOptimizerState(checkpoint.tensors(under: "optimizer/"))
    let saved = checkpoint.tensors(under: "best/")
    best =
      saved.isEmpty
      ? nil
      : try trainer.weights().compactMap { entry in
        saved[entry.name].map { (entry.name, $0) }
      }
    trainer.progress = checkpoint.progress
    trainer.progress.monitor = checkpoint.progress.monitor.continued(as: wanted)
    // The best weights by another figure are not the best by this one.
    if trainer.progress.monitor.best == nil { best = nil }
    guard trainer.progress.stepInEpoch <= trainer.stepsPerEpoch else {
      throw .invalid(
        "the checkpoint is at step \(trainer.progress.stepInEpoch) of an epoch that now has "
          + "\(trainer.stepsPerEpoch)",
        hint: "resume with the data and batch size that the run started with")
    }
  }

  /// The weights that the run would end with now.
  private func resultingWeights() throws(NNError) -> ModelSaver.Weights {
    if keepsBest, let best {
      return .init(.best(epoch: trainer.progress.monitor.bestEpoch), best)
    }
    return .init(.last(step: trainer.progress.step), try trainer.weights())
  }

  /// Writes files, and creates the folder again if it was removed.
  ///
  /// - Throws: `NNError` of a failed run if they cannot be written.
  func writing<Result>(_ body: () throws(NNError) -> Result) throws(NNError) -> Result {
    do throws(NNError) { return try body() } catch {
      guard !folder.isThere else { throw error.asFailure }
      do throws(NNError) {
        try rebuild()
        return try body()
      } catch { throw error.asFailure }
    }
  }

  /// Creates the run's folder again, with everything that is still in memory.
  private func rebuild() throws(NNError) {
    try claim.renew()
    try describe()
    try logs?.restore()
    saver.forget()
    try saver.save(resultingWeights(), now: Seconds.now)
    try saver.flush()
    warnings.append(
      "\(folder.path): the folder, or checkpoints/ in it, was removed during the run; it was "
        + "created again")
  }
}
