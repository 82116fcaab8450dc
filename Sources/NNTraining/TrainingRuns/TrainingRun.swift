public import NNCore
import NNData
import NNFormats
import NNLayers
import NNMetrics
import NNOptimizers

/// A training run of a config: reads data, trains, validates, logs, saves, and can be resumed.
///
/// A run that is interrupted at any moment and resumed ends with the same bits as an uninterrupted
/// one: a checkpoint contains weights, optimizer state, best weights, the fitted normalisation and
/// the position in the epoch, and everything random depends only on seed, epoch and step.
///
/// No other process can train in its folder during the lifetime of the object.
public final class TrainingRun {
  /// The config of the run.
  public let config: Config
  /// The folder for results.
  public var folder: RunFolder { claim.folder }
  /// Whether the run had already ended when it was opened.
  public var isFinished: Bool { trainer.progress.isFinished && !isExtended }
  /// Warnings for the user: probable mistakes in data or network, differences from the run that is
  /// continued, checkpoints that could not be read, a folder that had to be created again.
  public internal(set) var warnings: [String]

  /// The tensors of the network or of the file of initial weights without a counterpart of the same
  /// shape, one line for each; empty unless the run takes partial weights.
  public private(set) var unmatchedWeights: [String] = []

  /// The command line that started the run, for its report; nil if there was none.
  package var command: String?

  /// The data of the config's sources.
  package let data: RunData
  /// The number of epochs done.
  package var epochsDone: Int { trainer.progress.epoch }
  /// The shape of one example's input.
  public var inputShape: Shape { data.train.inputShape }

  let claim: RunClaim
  let trainer: Trainer
  private let maximumSteps: Int?
  /// The number of epochs after which a call of ``run(observers:shouldStop:)`` ends, as at the limit
  /// of steps; another call continues. Nil (default) for no such limit.
  package var pauseEpoch: Int?
  /// The best weights so far.
  var best: [(name: String, tensor: HostTensor)]?
  var saver: ModelSaver
  var checkpointPace = WritePace()
  var logs: RunLogs?
  /// The ``CheckpointOrigin`` of every checkpoint, as JSON.
  let origin: String
  private var isExtended: Bool { trainer.progress.epoch < config.epochs && !stoppedEarly }
  /// Whether early stopping has occurred.
  package var stoppedEarly: Bool { trainer.progress.monitor.isExhausted }

  /// Prepares a run; nothing is trained yet.
  ///
  /// - Parameters:
  ///   - config: The config of the run.
  ///   - folder: The folder for results; created if needed.
  ///   - initialWeights: A safetensors file whose tensors replace the initial weights.
  ///   - takesPartialWeights: Whether the file may lack tensors of the network or contain others;
  ///     unmatched ones are listed in ``unmatchedWeights``. False by default.
  ///   - resumes: Whether to continue from the folder's newest checkpoint; without one the run
  ///     starts from the beginning.
  ///   - overwrites: Whether to replace an existing run in the folder.
  ///   - maximumSteps: The total number of steps after which to stop; nil for no limit.
  /// - Throws: `NNError` for incompatible data, layers or files; for a folder that contains a run
  ///   if neither `resumes` nor `overwrites` is set; for a folder in which another process trains;
  ///   or for a checkpoint that cannot be read or continued.
  public convenience init(
    config: Config, folder: RunFolder, initialWeights: String? = nil,
    takesPartialWeights: Bool = false, resumes: Bool = false, overwrites: Bool = false,
    maximumSteps: Int? = nil
  ) throws(NNError) {
    try Self.requireFree(folder, resumes: resumes, overwrites: overwrites)
    try self.init(
      config: config, claim: RunClaim(folder), initialWeights: initialWeights,
      takesPartialWeights: takesPartialWeights, resumes: resumes, overwrites: overwrites,
      maximumSteps: maximumSteps)
  }

  /// Prepares a run in a folder that has been claimed for it; otherwise as above.
  ///
  /// - Parameter known: The data of the config's sources, if they have been read.
  package init(
    config: Config, claim: RunClaim, data known: RunData? = nil, initialWeights: String? = nil,
    takesPartialWeights: Bool = false, resumes: Bool = false, overwrites: Bool = false,
    maximumSteps: Int? = nil
  ) throws(NNError) {
    let folder = claim.folder
    try Self.requireFree(folder, resumes: resumes, overwrites: overwrites)
    var resumption = resumes ? try Resumption(in: folder, for: config) : nil
    let (resolved, data, trainer, found) = try Self.prepared(
      config, known, resuming: resumption, findsRates: true)
    try resumption?.check(
      resolved, data.train, fitted: trainer.fittedNormalization, targets: data.fittedTargetScale)
    self.config = resolved
    self.claim = claim
    self.maximumSteps = maximumSteps
    self.data = data
    self.trainer = trainer
    try trainer.initialize()
    let facts = ModelFile.Facts(data.train, normalization: trainer.normalization)
    let tokenizers = data.train.tokenizers
    origin =
      CheckpointOrigin(config: resolved.resolvedYAML, rows: data.train.count, facts: facts).text
    saver = ModelSaver { (tensors) throws(NNError) in
      try ModelFile(config: resolved, facts: facts, tokenizers: tokenizers, tensors: tensors)
        .write(to: folder.model)
    }
    warnings = found
    trainer.progress = TrainingProgress(monitor: config.makeMonitor())
    if let initialWeights {
      let tensors = try SafeTensorsFile(contentsOf: initialWeights).tensors
      do throws(NNError) {
        unmatchedWeights = try trainer.load(tensors, strict: !takesPartialWeights)
      } catch {
        let partial = takesPartialWeights ? nil : "--partial loads what fits and lists the rest"
        let advice = [error.hint, partial]
        throw NNError(
          error.kind, error.message, at: error.place,
          hint: advice.compactMap { $0 }.joined(separator: "; ")
        ).at(initialWeights)
      }
    }
    try folder.create()
    if overwrites && !resumes { try folder.clear() }
    if let known = resumption {
      do throws(NNError) { try restore(known.checkpoint) } catch { throw known.explained(error) }
      resumption?.setAsideDamaged()
      warnings += resumption?.warnings ?? []
    }
  }

  /// Rejects a folder that contains a run unless it is to be resumed or overwritten.
  ///
  /// - Throws: `NNError` that names the options.
  package static func requireFree(
    _ folder: RunFolder, resumes: Bool, overwrites: Bool
  ) throws(NNError) {
    guard folder.holdsRun, !resumes, !overwrites else { return }
    throw .invalid(
      "the folder already holds a run", at: folder.path,
      hint: "continue it with --resume, replace it with --overwrite, or name another --run-dir")
  }

  /// Reads a config's data and checks that all parts are compatible; trains and writes nothing.
  ///
  /// - Returns: The config with the batch size that training would use, and warnings about probable
  ///   mistakes that only data and network together show.
  /// - Throws: `NNError` for incompatible data, layers, loss, labels or sizes.
  @discardableResult
  public static func check(
    _ config: Config
  ) throws(NNError) -> (config: Config, warnings: [String]) {
    let (resolved, _, _, warnings) = try prepared(config, nil, resuming: nil, findsRates: false)
    return (resolved, warnings)
  }

  static func prepared(
    _ config: Config, _ known: RunData?, resuming resumption: Resumption?, findsRates: Bool
  ) throws(NNError) -> (config: Config, data: RunData, trainer: Trainer, warnings: [String]) {
    let scale = resumption?.targetScale
    // Known data have the scale that is fitted to them.
    let data: RunData
    if let known, scale == nil || scale == known.fittedTargetScale {
      data = known
    } else {
      data = try RunData(config, targetScale: scale)
    }
    do throws(NNError) {
      var resolved = try config.adapted(to: data)
      var notes: [String] = []
      if findsRates {
        (resolved, notes) = try resolved.findingRates(
          data, recorded: resumption?.recordedSchedule)
      }
      let (trainer, warnings) = try trainer(resolved, data, scale: resumption?.normalization)
      return (resolved, data, trainer, data.warnings + notes + warnings)
    } catch { throw config.placing(error) }
  }

  /// A trainer of a config with another schedule, with its initial weights.
  static func trainer(
    _ config: Config, _ data: RunData, schedule: ScheduleChain
  ) throws(NNError) -> Trainer {
    do throws(NNError) {
      let (trainer, _) = try trainer(config, data, scale: nil, schedule: schedule)
      try trainer.initialize()
      return trainer
    } catch { throw config.placing(error) }
  }

  /// A trainer that has been checked but has allocated no memory yet.
  ///
  /// - Parameter schedule: The schedule; nil for that of the config.
  private static func trainer(
    _ config: Config, _ data: RunData, scale: Normalization?, schedule: ScheduleChain? = nil
  ) throws(NNError) -> (Trainer, warnings: [String]) {
    let rules = try config.makeUpdateRules()
    try config.requireColumnInputs(of: data.train)
    var settings = TrainingSettings(
      dtype: config.dtype, shuffle: config.data.shuffle, dropLast: config.data.dropLast,
      normalization: config.data.normalize, clipping: rules.clipping,
      l1Penalty: rules.l1Penalty, logEvery: config.log.every,
      logsGradients: config.log.gradients, frozen: rules.frozen, groups: rules.groups,
      accumulate: rules.accumulate, adversarial: try config.makeAdversarialTraining(),
      augmentation: try config.makeAugmentations(), shuffleWindow: config.data.shuffleWindow)
    settings.scale = scale
    settings.drawWeights = try config.data.sampler?.drawWeights(
      of: data.train, ignoring: config.makeLoss().ignoredLabel)
    let trainer = try Trainer(
      describing: config.makeModel(), objective: config.makeObjective(),
      optimizer: rules.optimizer,
      // Rows that are drawn by their weights count alike.
      data: config.data.sampler == .weights ? data.train.withoutWeights() : data.train,
      batchSize: config.data.batchSize,
      seed: UInt64(config.seed), schedule: schedule ?? ScheduleChain([]), settings: settings)
    if schedule == nil {
      // A schedule over the whole run needs the number of its steps.
      trainer.schedule = try config.makeSchedule(
        steps: [config.epochs, trainer.stepsPerEpoch].saturatingProduct)
    }
    try trainer.check(others: [data.validation, data.test].compactMap { $0 })
    try trainer.trainingStep.requireReaders(of: data.train)
    let outputs = try trainer.trainingStep.evaluator.outputShapes()
    try config.requireMetrics(fit: outputs, data.train)
    var warnings = config.warnings(outputs: outputs.values, classes: data.train.classCount)
    if rules.optimizer is any ClosureOptimizer, trainer.stepsPerEpoch > 1 {
      warnings.append(
        "optimizer: `\(config.optimizer.kind)` compares gradients of consecutive steps, and each "
          + "step has another batch; set batch_size to the \(trainer.rowCount) training rows")
    }
    return (trainer, warnings)
  }

  /// Trains until the run ends, reporting every event.
  ///
  /// - Parameters:
  ///   - observers: The receivers of the events.
  ///   - shouldStop: Called after each step; true saves the state and ends the call.
  /// - Returns: How it ended.
  /// - Throws: `NNError` if the loss becomes NaN or infinite (naming step and layer) or a file
  ///   cannot be written; the last checkpoint is kept.
  public func run(
    observers: [any TrainingObserver] = [], shouldStop: () -> Bool = { false }
  ) throws(NNError) -> TrainingEvent.Outcome {
    try claim.beginTraining()
    defer { claim.endTraining() }
    do throws(NNError) {
      return try train(observers: observers, shouldStop: shouldStop)
    } catch {
      // The run's own error is more important than one of this file.
      try? saver.flush()
      throw error
    }
  }

  private func train(
    observers: [any TrainingObserver], shouldStop: () -> Bool
  ) throws(NNError) -> TrainingEvent.Outcome {
    try describe()
    folder.removeResults()
    let logs = try RunLogs(folder, config: config, progress: trainer.progress)
    self.logs = logs
    defer { self.logs = nil }
    func report(_ event: TrainingEvent) throws(NNError) {
      for observer in observers { try observer.receive(event) }
    }
    try report(.started(trainer.start(epochs: config.epochs)))
    trainer.progress.isFinished = false
    var outcome = TrainingEvent.Outcome.completed
    var (hasWarned, hasOverfitted) = (false, false)
    let metrics = try config.makeMetrics(for: data.validation ?? data.train)
    training: while trainer.progress.epoch < config.epochs, !stoppedEarly {
      if let pauseEpoch, trainer.progress.epoch >= pauseEpoch {
        outcome = .reachedStepLimit
        break
      }
      while true {
        if let maximumSteps, trainer.progress.step >= maximumSteps {
          outcome = .reachedStepLimit
          break training
        }
        let next = trainer.progress.step + 1
        let readers = observers.filter { $0.wantsTrace(ofStep: next) }
        guard let (step, trace) = try trainer.nextStep(isTraced: !readers.isEmpty) else { break }
        try logs.append(step)
        try report(.step(step))
        if let trace { for reader in readers { try reader.receive(.trace(trace)) } }
        if step.loss.isNaN, !hasWarned {
          hasWarned = true
          let warning = emptyStep(step)
          warnings.append(warning)
          try report(.warning(warning))
        }
        try writing { () throws(NNError) in try saver.flushIfDue(now: Seconds.now) }
        if isCheckpointDue(.step, count: step.step) { try saveCheckpoint(report) }
        if shouldStop() {
          outcome = .interrupted
          break training
        }
      }
      try trainer.requireFiniteWeights()
      let epoch = try finishEpoch(metrics)
      if epoch.isBest || !keepsBest { try saveWeights() }
      try logs.append(epoch)
      try report(.epoch(epoch))
      if !hasOverfitted, let warning = try trainer.overfittingWarning() {
        hasOverfitted = true
        warnings.append(warning)
        try report(.warning(warning))
      }
      let readers = observers.filter(\.wantsWeights)
      if !readers.isEmpty {
        let weights = TrainingEvent.Weights(
          epoch: epoch.epoch, step: trainer.progress.step, tensors: try trainer.weights())
        for reader in readers { try reader.receive(.weights(weights)) }
      }
      if isCheckpointDue(.epoch, count: epoch.epoch) { try saveCheckpoint(report) }
    }
    if outcome == .completed {
      trainer.progress.isFinished = true
      if trainer.progress.epoch < config.epochs { outcome = .stoppedEarly }
    }
    try trainer.requireFiniteWeights()
    try saveWeights()
    try saveCheckpoint(report)
    try report(.finished(outcome))
    return outcome
  }

  /// Loss and metrics of the saved weights on the test source, also written to `test.json`; nil if
  /// the config has no test source.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  public func evaluateTest() throws(NNError) -> Evaluation? {
    guard let test = data.test else { return nil }
    guard folder.isThere else {
      throw .failed("the run folder was removed before the test", at: folder.path)
    }
    let evaluation = try Evaluation.run(model: TrainedModel(folder: folder), dataset: test)
    try folder.describe(test: evaluation.figures)
    return evaluation
  }

  /// The warning for the first batch without any counted label.
  private func emptyStep(_ step: TrainingEvent.Step) -> String {
    "no label of the \(step.rows) examples of step \(step.step) counts for the loss "
      + "`\(config.loss.kind)` (ignored, or of classes of weight 0): such steps have gradient 0 and "
      + "no loss; further ones are not reported"
  }

  // MARK: - Epochs

  /// Evaluates the epoch that has just been trained and advances to the next.
  ///
  /// - Parameter metrics: The config's metrics, empty.
  private func finishEpoch(_ metrics: [any Metric]) throws(NNError) -> TrainingEvent.Epoch {
    var epoch = try trainer.measuredEpoch(validation: data.validation, metrics: metrics)
    let monitor = trainer.progress.monitor
    let figures =
      [("train_loss", epoch.trainLoss)] + epoch.metrics.map { ($0.name, $0.value) }
      + (epoch.validationLoss.map { [("val_loss", $0)] } ?? [])
      + zip(config.lossNames, epoch.trainLosses).map { ("train_loss_\($0)", $1) }
      + zip(config.lossNames, epoch.validationLosses).map { ("val_loss_\($0)", $1) }
    if let value = figures.first(where: { $0.0 == monitor.figure })?.1 {
      epoch.isBest = trainer.progress.monitor.update(value, epoch: epoch.epoch)
    }
    if epoch.isBest, keepsBest { best = try trainer.weights() }
    trainer.progress.finishEpoch()
    return epoch
  }

  /// Whether the run saves the best weights rather than the last.
  var keepsBest: Bool { config.keepsBestWeights(hasValidation: data.validation != nil) }

  /// The changes to the config, as for `--set`, with which a finished run would continue training.
  package var changesThatContinue: [String] {
    func doubled(_ number: Int) -> Int { number > Int.max / 2 ? Int.max : 2 * number }
    var changes: [String] = []
    let progress = trainer.progress
    if progress.epoch >= config.epochs { changes.append("epochs=\(doubled(progress.epoch))") }
    if stoppedEarly, let patience = progress.monitor.patience {
      let needed = max(doubled(patience), progress.monitor.epochsWithoutImprovement + 1)
      changes.append("early_stopping.patience=\(needed)")
    }
    return changes
  }
}
