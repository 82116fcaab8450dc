public import NNCore
import NNData
import NNFormats
import NNLayers
import NNMetrics

/// A run from a config: reads the data, trains, watches, logs, saves, and goes on where it stopped.
///
/// A run that is interrupted at any moment and resumed ends with the same bits as one that never
/// was: a checkpoint holds weights, optimizer, best weights and the position in the epoch, and
/// everything random depends on seed, epoch and step alone.
public final class TrainingRun {
  /// What is trained, and how.
  public let config: Config
  /// Where results go.
  public let folder: RunFolder
  /// Whether the run had ended before this call.
  public var isFinished: Bool { trainer.progress.isFinished && !isExtended }

  /// A line for each tensor of the network or of the file of initial weights that has no counterpart
  /// of its shape; empty unless the run takes partial weights.
  public private(set) var unmatchedWeights: [String] = []

  /// What the config's sources hold.
  package let data: RunData
  /// The shape of one row of the training data's inputs.
  public var inputShape: Shape { data.train.inputShape }

  private let trainer: Trainer
  private let maximumSteps: Int?
  private var best: [(name: String, tensor: HostTensor)]?
  private var saver: ModelSaver
  private var isExtended: Bool { trainer.progress.epoch < config.epochs && !stoppedEarly }
  private var stoppedEarly: Bool { trainer.progress.monitor.isExhausted }

  /// Prepares a run; nothing is trained yet.
  ///
  /// - Parameters:
  ///   - config: What to train, and how.
  ///   - folder: Where results go; made if need be.
  ///   - initialWeights: A safetensors file whose tensors replace the first weights.
  ///   - takesPartialWeights: Whether the file may lack tensors of the network or hold others; what
  ///     does not match is listed in ``unmatchedWeights``. False by default.
  ///   - resumes: Whether to go on from the folder's newest checkpoint; without one the run starts
  ///     from the beginning.
  ///   - overwrites: Whether to replace a run that the folder holds.
  ///   - maximumSteps: Steps after which to stop, over the whole run; nil for no limit.
  /// - Throws: `NNError` for data, layers or files that do not fit, and for a folder that holds a
  ///   run when neither `resumes` nor `overwrites` is set.
  public init(
    config: Config, folder: RunFolder, initialWeights: String? = nil,
    takesPartialWeights: Bool = false, resumes: Bool = false, overwrites: Bool = false,
    maximumSteps: Int? = nil
  ) throws(NNError) {
    if folder.holdsRun, !resumes, !overwrites {
      throw .invalid(
        "the folder already holds a run", at: folder.path,
        hint: "continue it with --resume, replace it with --overwrite, or name another --run-dir")
    }
    self.config = config
    self.folder = folder
    self.maximumSteps = maximumSteps
    (data, trainer) = try Self.prepared(config)
    let facts = ModelFile.Facts(data.train, normalization: trainer.normalization)
    let tokenizers = data.train.tokenizers
    saver = ModelSaver { (tensors) throws(NNError) in
      try ModelFile(config: config, facts: facts, tokenizers: tokenizers, tensors: tensors)
        .write(to: folder.model)
    }
    trainer.progress = TrainingProgress(monitor: config.makeMonitor())
    if let initialWeights {
      let weights = try InitialWeights(
        initialWeights, for: trainer.weights(), allowsDifferences: takesPartialWeights)
      unmatchedWeights = weights.differences
      do throws(NNError) { try trainer.load(weights.tensors) } catch {
        let advice = [error.hint, "--partial loads what fits and lists the rest"]
        throw NNError(
          error.kind, error.message, at: error.place,
          hint: advice.compactMap { $0 }.joined(separator: "; ")
        ).at(initialWeights)
      }
    }
    try folder.create()
    if overwrites && !resumes { try folder.clear() }
    if resumes, let checkpoint = Checkpoint.newest(in: folder.checkpoints) {
      do throws(NNError) { try restore(checkpoint) } catch { throw error.at(folder.path) }
    }
  }

  /// Reads a config's data and verifies that everything fits together; trains and writes nothing.
  ///
  /// - Throws: `NNError` for data, layers, loss, labels or sizes that do not fit.
  public static func check(_ config: Config) throws(NNError) { _ = try prepared(config) }

  private static func prepared(
    _ config: Config
  ) throws(NNError) -> (data: RunData, trainer: Trainer) {
    let data = try RunData(config)
    let trainer = try Trainer(
      model: config.makeModel(), loss: config.makeLoss(), optimizer: config.makeOptimizer(),
      data: data.train, batchSize: config.data.batchSize, seed: UInt64(config.seed),
      schedule: config.makeSchedule(),
      settings: TrainingSettings(
        dtype: config.dtype, shuffle: config.data.shuffle, dropLast: config.data.dropLast,
        normalization: config.data.normalize, clipping: config.makeGradientClipping(),
        logEvery: config.log.every, logsGradients: config.log.gradients))
    try trainer.check(others: [data.validation, data.test].compactMap { $0 })
    return (data, trainer)
  }

  /// Trains until the run is over, reporting every event.
  ///
  /// - Parameters:
  ///   - observers: Who reads the events.
  ///   - shouldStop: Asked after each step; true saves the state and ends the call.
  /// - Returns: How it ended.
  /// - Throws: `NNError` when the loss stops being finite (naming step and layer) or a file cannot
  ///   be written; the last checkpoint stays as it was.
  public func run(
    observers: [any TrainingObserver] = [], shouldStop: () -> Bool = { false }
  ) throws(NNError) -> TrainingEvent.Outcome {
    do throws(NNError) {
      return try train(observers: observers, shouldStop: shouldStop)
    } catch {
      // The run's own error tells more than one of this file.
      try? saver.flush()
      throw error
    }
  }

  private func train(
    observers: [any TrainingObserver], shouldStop: () -> Bool
  ) throws(NNError) -> TrainingEvent.Outcome {
    try folder.describe(
      config: config.resolvedYAML,
      environment: RunEnvironment(seed: config.seed, configFolder: folder.path).json)
    if let tokenizers = data.train.tokenizers { try folder.describe(tokenizers) }
    folder.removeResults()
    let logs = try RunLogs(folder, config: config, progress: trainer.progress)
    func report(_ event: TrainingEvent) throws(NNError) {
      for observer in observers { try observer.receive(event) }
    }
    try report(
      .started(
        .init(
          epochs: config.epochs, rows: trainer.rowCount, stepsPerEpoch: trainer.stepsPerEpoch,
          parameterCount: trainer.parameterCount, stepsDone: trainer.progress.step)))
    trainer.progress.isFinished = false
    var outcome = TrainingEvent.Outcome.completed
    training: while trainer.progress.epoch < config.epochs, !stoppedEarly {
      while true {
        if let maximumSteps, trainer.progress.step >= maximumSteps {
          outcome = .reachedStepLimit
          break training
        }
        guard let step = try trainer.step() else { break }
        try logs.append(step)
        try report(.step(step))
        try saver.flushIfDue(now: Seconds.now)
        if config.checkpoint.interval == .step, step.step % config.checkpoint.every == 0 {
          try saveCheckpoint(report)
        }
        if shouldStop() {
          outcome = .interrupted
          break training
        }
      }
      try trainer.requireFiniteWeights()
      let epoch = try finishEpoch()
      if epoch.isBest || !keepsBest { try saver.save(resultingWeights(), now: Seconds.now) }
      try logs.append(epoch)
      try report(.epoch(epoch))
      let readers = observers.filter(\.wantsWeights)
      if !readers.isEmpty {
        let weights = TrainingEvent.Weights(
          epoch: epoch.epoch, step: trainer.progress.step, tensors: try trainer.weights())
        for reader in readers { try reader.receive(.weights(weights)) }
      }
      if config.checkpoint.interval == .epoch, epoch.epoch % config.checkpoint.every == 0 {
        try saveCheckpoint(report)
      }
    }
    if outcome == .completed {
      trainer.progress.isFinished = true
      if trainer.progress.epoch < config.epochs { outcome = .stoppedEarly }
    }
    try trainer.requireFiniteWeights()
    try saver.save(resultingWeights(), now: Seconds.now)
    try saveCheckpoint(report)
    try report(.finished(outcome))
    return outcome
  }

  /// Loss and metrics of the saved weights on the test source; nil where the config names none.
  /// They are also written into the folder, as `test.json`.
  ///
  /// - Throws: `NNError` when the file cannot be written.
  public func evaluateTest() throws(NNError) -> Evaluation? {
    guard let test = data.test else { return nil }
    let evaluation = try Evaluation.run(model: TrainedModel(folder: folder), dataset: test)
    try folder.describe(test: evaluation.figures)
    return evaluation
  }

  // MARK: - Epochs

  /// Measures the epoch that has just been trained and goes to the next.
  private func finishEpoch() throws(NNError) -> TrainingEvent.Epoch {
    var epoch = trainer.epochReport()
    let metrics = try config.makeMetrics(for: data.validation ?? data.train)
    if let validation = data.validation {
      let result = try trainer.evaluate(on: validation, metrics: metrics)
      epoch.validationLoss = result.loss
      epoch.metrics = result.metrics.compactMap(\.figure)
    } else if !metrics.isEmpty {
      epoch.metrics = try trainer.evaluate(on: data.train, metrics: metrics)
        .metrics.compactMap(\.figure)
    }
    let monitor = trainer.progress.monitor
    let figures =
      [("train_loss", epoch.trainLoss)] + epoch.metrics.map { ($0.name, $0.value) }
      + (epoch.validationLoss.map { [("val_loss", $0)] } ?? [])
    if let value = figures.first(where: { $0.0 == monitor.figure })?.1 {
      epoch.isBest = trainer.progress.monitor.update(value, epoch: epoch.epoch)
    }
    if epoch.isBest, keepsBest { best = try trainer.weights() }
    trainer.progress.finishEpoch()
    return epoch
  }

  /// Whether the best weights are what the run gives, rather than the last ones.
  private var keepsBest: Bool { config.keepsBestWeights(hasValidation: data.validation != nil) }

  // MARK: - Files

  /// What the run gives if it ends now.
  private func resultingWeights() throws(NNError) -> ModelSaver.Weights {
    if keepsBest, let best {
      return .init(.best(epoch: trainer.progress.monitor.bestEpoch), best)
    }
    return .init(.last(step: trainer.progress.step), try trainer.weights())
  }

  private func saveCheckpoint(
    _ report: (TrainingEvent) throws(NNError) -> Void
  ) throws(NNError) {
    try trainer.requireFiniteWeights()
    // In this order: a finished run is not taken up again, so its weights must be there before.
    try saver.flush()
    let tensors =
      try trainer.weights().map { ("model/\($0.name)", $0.tensor) }
      + trainer.learner.optimizerState.map { ("optimizer/\($0.name)", $0.tensor) }
      + (best ?? []).map { ("best/\($0.name)", $0.tensor) }
    let checkpoint = Checkpoint(
      progress: trainer.progress, tensors: tensors.map { (name: $0.0, tensor: $0.1) })
    let path = try checkpoint.write(into: folder.checkpoints, keep: config.checkpoint.keep)
    try report(.checkpoint(path: path))
  }

  private func restore(_ checkpoint: Checkpoint) throws(NNError) {
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
    guard trainer.progress.stepInEpoch <= trainer.stepsPerEpoch else {
      throw .invalid(
        "the checkpoint stands at step \(trainer.progress.stepInEpoch) of an epoch that now has "
          + "\(trainer.stepsPerEpoch)",
        hint: "resume with the data and batch size that the run started with")
    }
  }
}
