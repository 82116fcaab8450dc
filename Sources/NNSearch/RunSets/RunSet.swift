import NNCore
import NNData
import NNFormats
import NNKernels
import NNTraining

/// Runs of one config with different rows or seeds, which train side by side in folders of their
/// own: the folds of a cross-validation, the sizes of a learning curve.
///
/// The data are in memory once. Every run is a ``TrainingRun`` that depends on nothing but its
/// config, so results depend neither on the number of parallel runs nor on interruptions.
final class RunSet {
  /// What is kept of each run, apart from its figures.
  struct Extras: Sendable {
    /// Whether figures are measured on the training rows, too.
    var measuresTraining = false
    /// Whether the outputs for the held-out rows are kept.
    var predicts = false
  }

  /// The whole training source.
  let whole: Dataset
  private let claim: RunClaim
  private var path: String { claim.folder.path }

  /// Prepares the folder of a set and reads the data.
  ///
  /// - Parameters:
  ///   - config: The config that all runs share, without what may change when they are continued.
  ///   - claim: The folder, which this process has claimed.
  ///   - resumes: Whether to continue what is in the folder; without runs in it they start.
  ///   - what: What the folder holds, for messages: `cross-validation`.
  /// - Throws: `NNError` for a folder that holds runs unless `resumes` is set, for another config
  ///   than that in the folder, and for data that cannot be read.
  init(
    _ config: Config, claim: RunClaim, resumes: Bool, what: String
  ) throws(NNError) {
    let folder = claim.folder
    if folder.holdsRun {
      guard resumes else {
        throw .invalid(
          "the folder already holds a run or a \(what)", at: folder.path,
          hint: "continue it with --resume, or name another --run-dir")
      }
      let differences = try ConfigDifference.list(
        from: Config(recordedAt: folder.config), to: config
      ).filter { $0.name != "name" }
      guard differences.isEmpty else {
        throw .invalid(
          "the \(what) began with other settings: "
            + differences.map(\.description).joined(separator: "; "), at: folder.path,
          hint: "resume with the old values, or begin a new one without --resume")
      }
    }
    self.claim = claim
    whole = try config.loadTrainingSource()
  }

  /// Rejects metrics that are measured by translating the texts of a whole source.
  static func requireRowMetrics(_ config: Config) throws(NNError) {
    guard let score = try config.makeTranslationScores().first else { return }
    throw .invalid(
      "the metric `\(score.name)` is measured by translating a whole source, and the rows held out "
        + "are a part of one", at: config.name, hint: "leave the metric out")
  }

  /// Records the config, so that the folder can be continued.
  func begin(_ config: Config) throws(NNError) {
    try AtomicFile.write(path: claim.folder.config, text: config.resolvedYAML)
  }

  /// The folder of a run.
  func folder(of run: PlannedRun) -> RunFolder { RunFolder("\(path)/runs/\(run.name)") }

  /// Trains the runs, or what is left of them.
  ///
  /// - Parameters:
  ///   - plan: The runs.
  ///   - parallel: The number of runs that train at the same time; nil for one for each thread.
  ///   - extras: What is kept of each run.
  ///   - onEnd: Receives each result in the order of the plan, on any thread, one at a time.
  ///   - shouldStop: Called after each step of each run, on any thread; true saves all states and
  ///     ends the call.
  /// - Returns: The results in the order of the plan; nil if the runs were interrupted.
  /// - Throws: `NNError` of the first run that fails, naming it.
  func run(
    _ plan: [PlannedRun], parallel: Int?, extras: Extras,
    onEnd: @escaping (_ index: Int, _ result: RunResult) -> Void,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws(NNError) -> [RunResult]? {
    let parallel = parallel ?? min(WorkerPool.threads, plan.count)
    let hasFailed = Guarded(false)
    let tasks = plan.map { RunTask(plan: $0, folder: folder(of: $0), whole: whole, extras: extras) }
    var results: [RunResult] = []
    let work = tasks.map { task in
      { @Sendable in
        let progress = task.train { shouldStop() || hasFailed.withLock { $0 } }
        if case .failed = progress { hasFailed.withLock { $0 = true } }
        return progress
      }
    }
    let workers = try SearchWorkers<RunTask.Progress>(threads: parallel)
    defer { workers.stop() }
    let haveEnded = try workers.run(work) { (index, progress) throws(NNError) in
      switch progress {
      case .ended(let result):
        results.append(result)
        onEnd(index, result)
        return true
      case .interrupted: return false
      case .failed(let error): throw error
      }
    }
    return haveEnded ? results : nil
  }
}

/// The training of one run of a set.
private struct RunTask: Sendable {
  enum Progress: Sendable {
    /// The run has ended.
    case ended(RunResult)
    /// The stop that was asked for; the state is saved.
    case interrupted
    /// The run or the system failed.
    case failed(NNError)
  }

  let plan: PlannedRun
  let folder: RunFolder
  let whole: Dataset
  let extras: RunSet.Extras

  func train(shouldStop: () -> Bool) -> Progress {
    do throws(NNError) {
      guard let result = try measured(shouldStop: shouldStop) else { return .interrupted }
      return .ended(result)
    } catch {
      return .failed(
        NNError(error.kind, "\(plan.title): \(error.message)", at: error.place, hint: error.hint))
    }
  }

  /// Trains from the beginning or the last checkpoint, and measures; nil if it was interrupted.
  private func measured(shouldStop: () -> Bool) throws(NNError) -> RunResult? {
    let claim = try RunClaim(folder)
    var config = plan.config
    // A part of the rows may be smaller than a batch.
    config.data.adaptsBatchSize = true
    let run = try TrainingRun(
      config: config, claim: claim, data: RunData(config, whole: whole),
      resumes: folder.holdsRun)
    if !run.isFinished, try run.run(shouldStop: shouldStop) == .interrupted { return nil }
    let data = run.data
    guard let heldOut = data.test ?? data.validation else {
      throw .invalid("there are neither test nor validation data to measure on", at: folder.path)
    }
    let model = try TrainedModel(folder: folder)
    let figures =
      if let test = try run.evaluateTest() {
        test.figures
      } else {
        try Evaluation.run(model: model, dataset: heldOut).figures
      }
    let trainFigures =
      try extras.measuresTraining
      ? Evaluation.run(model: model, dataset: data.train).figures : []
    let predictions =
      try extras.predicts
      ? data.partition.test.flatMap { rows throws(NNError) in
        try HeldOutPredictions(of: model, rows: rows, heldOut)
      } : nil
    return RunResult(
      folder: folder, seed: run.config.seed, trainRows: data.train.count,
      heldOutRows: heldOut.count, epochs: run.epochsDone, figures: figures,
      trainFigures: trainFigures, predictions: predictions, warnings: run.warnings)
  }
}
