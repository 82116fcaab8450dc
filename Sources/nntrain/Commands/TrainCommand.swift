import ArgumentParser
import NNCore
import NNReports
import NNServer
import NNTraining

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains the network that a config describes.",
    discussion: """
      Writes a run folder: the weights (model.safetensors), metrics.csv, steps.csv, the resolved \
      config, checkpoints and at the end report.html. Ctrl-C saves the state and ends with status 130; --resume goes on \
      from the last checkpoint and ends with the same weights as a run that was never interrupted.

      EXAMPLES:
        nntrain train mnist.yaml
        nntrain train mnist.yaml --set optimizer.adam.lr=0.01 --run-dir runs/fast
        nntrain train mnist.yaml --run-dir runs/fast --resume --set epochs=20
        nntrain train mnist.yaml --ui
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Option(
    help: ArgumentHelp(
      """
      Where results go (default: the next free runs/<name>-<n>; with --resume the last one used).
      """, valueName: "dir"))
  var runDir: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      """
      A safetensors file whose tensors replace the initial weights; with --resume only where the \
      run begins.
      """, valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var initialWeights: String?

  @Flag(help: "Go on from the folder's last checkpoint, or begin where there is none.")
  var resume = false

  @Flag(help: "Replace the run that the folder of --run-dir holds.")
  var overwrite = false

  @Option(
    help: ArgumentHelp("Stop after so many steps of the whole run.", valueName: "n"))
  var maxSteps: Int?

  @Flag(help: "Write no report.html into the run folder at the end.")
  var noReport = false

  @OptionGroup var threadOptions: ThreadOptions
  @OptionGroup var progressOptions: ProgressOptions
  @OptionGroup var pageOptions: LivePageOptions

  func validate() throws {
    if let maxSteps, maxSteps < 0 {
      throw ValidationError("--max-steps is \(maxSteps), expected at least 0")
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
    try threadOptions.apply()
    let config = try configOptions.load()
    if !progressOptions.quiet { Console.warn(config.warnings) }
    let folder = folder(for: config)
    // First, since a port that is taken must not leave the folder of a run.
    let page = try pageOptions.open(name: config.name, folder: folder)
    do {
      try train(config, in: folder, page: page, since: start)
      // A run that was finished before has nothing to show.
      page?.end()
    } catch {
      page?.end(failure: "\(error)")
      throw error
    }
  }

  private func train(
    _ config: Config, in folder: RunFolder, page: LiveView?, since start: ContinuousClock.Instant
  ) throws {
    let run = try TrainingRun(
      config: config, folder: folder, initialWeights: initialWeights, resumes: resume,
      overwrites: overwrite, maximumSteps: maxSteps)
    let report = TrainingReport(
      mode: progressOptions.mode, isQuiet: progressOptions.quiet, folder: folder,
      source: config.data.train.kind)
    if run.isFinished {
      try report.alreadyFinished(epochs: config.epochs)
      return
    }
    Interruption.catchSignals()
    var observers = progressOptions.mode.observers + (page.map { [$0.observer] } ?? [])
    if config.log.tensorboard {
      observers.append(
        try TensorBoardLog(folder: folder, config: config, inputShape: run.inputShape))
    }
    let outcome = try run.run(
      observers: observers,
      shouldStop: { Interruption.isRequested })
    if outcome == .interrupted {
      page?.end()
      report.interrupted(continueWith: continuation(in: folder))
      throw ExitCode(Interruption.exitStatus)
    }
    Interruption.release()
    let test = try run.evaluateTest()
    if !progressOptions.quiet { Console.warn(test?.warnings ?? []) }
    let seconds = start.duration(to: .now) / .seconds(1)
    let reportPath = noReport ? nil : writeReport(run)
    try report.ended(outcome, test: test?.figures, seconds: seconds, report: reportPath)
    if let page { pageOptions.end(page, hasReport: reportPath != nil) }
  }

  /// Writes the run's report; what goes wrong there is no failure of a training that has succeeded.
  private func writeReport(_ run: TrainingRun) -> String? {
    do throws(NNError) { return try RunReport.write(run) } catch {
      if !progressOptions.quiet { Console.warn(["the report is missing: \(error)"]) }
      return nil
    }
  }

  private func folder(for config: Config) -> RunFolder {
    if let runDir { return RunFolder(runDir) }
    let latest = resume ? RunFolder.latest(for: config.name) : nil
    return latest ?? RunFolder.next(for: config.name)
  }

  /// The command that goes on with this run.
  private func continuation(in folder: RunFolder) -> String {
    var words = ["nntrain", "train", configOptions.config]
    words += configOptions.overrides.flatMap { ["--set", $0] }
    words += ["--run-dir", folder.path, "--resume"]
    return ShellText.command(words)
  }
}
