import ArgumentParser
import NNCore
import NNData
import NNFormats
import NNKernels
import NNReports
import NNServer
import NNTraining

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains the network that a config describes.",
    discussion: """
      Writes a run folder: the weights (model.safetensors), metrics.csv, steps.csv, the resolved \
      config, checkpoints and at the end report.html. Ctrl-C saves the state and exits with status \
      130; --resume continues from the last checkpoint, with the same result as an uninterrupted \
      run. \
      While a run trains, no other process can train in its folder. nntrain runs lists all runs.

      EXAMPLES:
        nntrain train mnist.yaml
        nntrain train mnist.yaml --set optimizer.adam.lr=0.01 --run-dir runs/fast
        nntrain train mnist.yaml --run-dir runs/fast --resume --set epochs=20
        nntrain train mnist.yaml --ui
        nntrain train xor.yaml --explain-step 1:3
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Option(
    help: ArgumentHelp(
      """
      The run folder (default: the next free runs/<name>-<n>; with --resume the last one used).
      """, valueName: "dir"))
  var runDir: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      """
      A safetensors file with initial weights; with --resume it is used only if the run starts \
      from the beginning.
      """, valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var initialWeights: String?

  @Flag(help: "With --init, load the tensors that match by name and shape, and list the others.")
  var partial = false

  @Flag(help: "Continue from the folder's last checkpoint, or start if there is none.")
  var resume = false

  @Flag(help: "Replace the run in the folder of --run-dir.")
  var overwrite = false

  @Option(
    help: ArgumentHelp("Stop after n steps of the whole run.", valueName: "n"))
  var maxSteps: Int?

  @Flag(help: "Do not write report.html into the run folder at the end.")
  var noReport = false

  @OptionGroup var explainOptions: ExplainStepOptions
  @OptionGroup var pageOptions: LivePageOptions
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if let maxSteps, maxSteps < 0 {
      throw ValidationError("--max-steps is \(maxSteps), expected at least 0")
    }
    if partial, initialWeights == nil {
      throw ValidationError("--partial needs --init, the file to load from")
    }
    if resume, overwrite {
      throw ValidationError("--resume keeps the run and --overwrite replaces it; give one of them")
    }
    if overwrite, runDir == nil {
      throw ValidationError("--overwrite needs --run-dir to know which run to replace")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    try globals.useThreads()
    let config = try configOptions.load(seed: globals.seed)
    globals.warn(config.warnings)
    try explainOptions.check(config)
    // First, so that a run that is started meanwhile gets another folder. A claimed folder that
    // stays empty is removed.
    let claim = try claim(for: config)
    let page = try pageOptions.open(name: config.name, folder: claim.folder)
    do {
      try train(config, in: claim, page: page, since: start)
      // The page of a run that was finished before ends at once.
      page?.end()
    } catch {
      page?.end(failure: "\(error)")
      throw error
    }
  }

  private func train(
    _ config: Config, in claim: RunClaim, page: LiveView?, since start: ContinuousClock.Instant
  ) throws {
    let folder = claim.folder
    let run = try TrainingRun(
      config: config, claim: claim, initialWeights: initialWeights,
      takesPartialWeights: partial, resumes: resume, overwrites: overwrite, maximumSteps: maxSteps)
    run.command = ShellText.command(["nntrain"] + ProgramArguments.words.dropFirst())
    let warnings = run.warnings
    globals.warn(run.unmatchedWeights.map { "not loaded: \($0)" } + warnings)
    globals.note(run.data.noteLines)
    let report = TrainingReport(
      mode: globals.mode, isQuiet: globals.quiet, folder: folder,
      use: try config.makeTrainSource().use)
    if run.isFinished {
      if explainOptions.explainStep != nil {
        globals.warn(["the run is finished: --explain-step explains nothing"])
      }
      try complete(run, report)
      return
    }
    if !globals.quiet { globals.warn(try run.startFindings().map(\.line)) }
    Interruption.catchSignals()
    var observers = globals.mode.observers + (page.map { [$0.observer] } ?? [])
    if config.log.tensorboard {
      observers.append(
        try TensorBoardLog(folder: folder, config: config, inputShape: run.inputShape))
    }
    let explainer = try explainOptions.explainer(for: run.config, in: folder)
    if let explainer { observers.append(explainer) }
    let outcome: TrainingEvent.Outcome
    do {
      outcome = try run.run(observers: observers, shouldStop: { Interruption.isRequested })
    } catch {
      // The steps before the one that failed are what explains it.
      globals.warn(try explainOptions.report(explainer, in: folder, mode: globals.mode))
      throw error
    }
    globals.warn(Array(run.warnings.dropFirst(warnings.count)))
    globals.warn(try explainOptions.report(explainer, in: folder, mode: globals.mode))
    if outcome == .interrupted {
      page?.end()
      report.interrupted(continueWith: continuation(in: folder))
      throw ExitCode(Interruption.exitStatus)
    }
    Interruption.release()
    let test = try run.evaluateTest()
    globals.warn(test?.warnings ?? [])
    let seconds = start.duration(to: .now) / .seconds(1)
    let reportPath = noReport ? nil : writeReport(run)
    try report.ended(outcome, test: test?.figures, seconds: seconds, report: reportPath)
    if let page { pageOptions.end(page, hasReport: reportPath != nil) }
  }

  /// Writes the missing results of a run that ended between its last step and its report.
  private func complete(_ run: TrainingRun, _ report: TrainingReport) throws {
    let evaluation = FileBytes.exists(run.folder.test) ? nil : try run.evaluateTest()
    globals.warn(evaluation?.warnings ?? [])
    let isWanted = !noReport && (evaluation != nil || !FileBytes.exists(run.folder.report))
    try report.alreadyFinished(
      stoppedEarly: run.stoppedEarly, changes: run.changesThatContinue, test: evaluation?.figures,
      report: isWanted ? writeReport(run) : nil)
  }

  /// Writes the run's report; an error there is a warning, since the training has succeeded.
  private func writeReport(_ run: TrainingRun) -> String? {
    do throws(NNError) { return try RunReport.write(run) } catch {
      globals.warn(["the report is missing: \(error)"])
      return nil
    }
  }

  /// Claims the folder of the run.
  private func claim(for config: Config) throws(NNError) -> RunClaim {
    if let runDir {
      let folder = RunFolder(runDir)
      try TrainingRun.requireFree(folder, resumes: resume, overwrites: overwrite)
      return try RunClaim(folder)
    }
    if resume, let latest = RunFolder.latest(for: config.name) { return try RunClaim(latest) }
    return try RunClaim.next(for: config.name)
  }

  /// The command that continues this run.
  private func continuation(in folder: RunFolder) -> String {
    var words = ["nntrain", "train", configOptions.config]
    words += configOptions.overrides(seed: globals.seed).flatMap { ["--set", $0] }
    words += ["--run-dir", folder.path, "--resume"]
    return ShellText.command(words)
  }
}
