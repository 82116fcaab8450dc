import ArgumentParser
import NNCore
import NNKernels
import NNReports
import NNSearch
import NNTraining

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Searches for the best settings of a config.",
    discussion: """
      The section search of the config names what is varied and how; docs/config.md lists its keys. \
      Every trial is a run in searches/<name>-<n>/trials. best.yaml is the config of the best one, \
      search.html shows all, and journal.jsonl records every event. \
      Trials train side by side, one thread each; results do not depend on their number. \
      Ctrl-C saves the state of all trials and exits with status 130; --resume continues with the \
      same result as an uninterrupted search.

      EXAMPLES:
        nntrain search mnist.yaml
        nntrain search mnist.yaml --trials 50 --time 30m
        nntrain search mnist.yaml --resume --trials 100
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Option(
    help: ArgumentHelp(
      """
      The folder of the search (default: the next free searches/<name>-<n>; with --resume the last \
      one used).
      """, valueName: "dir"))
  var dir: String?

  @Flag(help: "Continue the folder's search, or start if there is none.")
  var resume = false

  @Option(help: ArgumentHelp("The number of trials (default: search.trials).", valueName: "n"))
  var trials: Int?

  @Option(
    help: ArgumentHelp(
      "End after this time, such as 90s, 30m or 2h (default: search.time_budget).",
      valueName: "time"))
  var time: String?

  @Option(
    help: ArgumentHelp(
      "The number of trials that train at the same time (default: search.parallel).",
      valueName: "n"))
  var parallel: Int?

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if let trials, trials < 1 {
      throw ValidationError("--trials is \(trials), expected at least 1")
    }
    if let parallel, !(1...1024).contains(parallel) {
      throw ValidationError("--parallel is \(parallel), expected a number from 1 to 1024")
    }
    if let time, Duration.seconds(ofText: time) == nil {
      throw ValidationError("--time is \(time), expected a time such as 90s, 30m or 2h")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    try globals.useThreads()
    var config = try configOptions.load(seed: globals.seed)
    globals.warn(config.warnings)
    if let trials { config.search?.trials = trials }
    if let parallel { config.search?.parallel = parallel }
    if let time { config.search?.timeBudget = Duration.seconds(ofText: time) }
    let search = try Search(config: config, claim: claim(for: config), resumes: resume)
    let folder = search.folder
    let progress = SearchProgress(search, isJSON: globals.mode == .json)
    let isShown = globals.mode != .none && !jsonOption.json
    Interruption.catchSignals()
    let page = SearchPageWriter(search)
    let outcome = try search.run(
      onEvent: { event in
        if isShown { progress.show(event) }
        page.writeIfDue()
      },
      shouldStop: { Interruption.isRequested })
    Interruption.release()
    do throws(NNError) { try page.write() } catch {
      globals.warn(["the page about the search is missing: \(error)"])
    }
    let report = SearchSummary(search)
    if jsonOption.json {
      try Console.print(report.json(outcome).text)
    } else if !globals.quiet {
      try Console.print(report.text(outcome, seconds: start.duration(to: .now) / .seconds(1)))
    }
    guard outcome != .finished else { return }
    if !globals.quiet { Console.note("continue with: \(continuation(in: folder))") }
    if outcome == .interrupted { throw ExitCode(Interruption.exitStatus) }
  }

  /// Claims the folder of the search.
  private func claim(for config: Config) throws(NNError) -> RunClaim {
    if let dir { return try RunClaim(RunFolder(dir)) }
    if resume, let latest = SearchFolder.latest(for: config.name) {
      return try RunClaim(RunFolder(latest.path))
    }
    return try RunClaim.next(for: config.name, under: SearchFolder.parent)
  }

  /// The command that continues this search.
  private func continuation(in folder: SearchFolder) -> String {
    var words = ["nntrain", "search", configOptions.config]
    words += configOptions.overrides(seed: globals.seed).flatMap { ["--set", $0] }
    if let trials { words += ["--trials", "\(trials)"] }
    if let parallel { words += ["--parallel", "\(parallel)"] }
    return ShellText.command(words + ["--dir", folder.path, "--resume"])
  }
}
