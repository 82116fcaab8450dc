import ArgumentParser
import NNCore
import NNReports
import NNSearch
import NNTraining

struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Measures a forecasting network at several origins, next to simple methods.",
    discussion: """
      At each origin the network is trained on what comes before and forecasts what comes next. The \
      last origin is the last row that the whole horizon follows, the others lie --step rows apart \
      before it. MAE, RMSE, MASE and sMAPE are shown next to those of the last value, the last \
      season, the drift, and exponential smoothing (simple, Holt, Holt–Winters), each computed from \
      the same values. The folder backtests/<name>-<n> holds backtest.csv, forecasts.csv, \
      backtest.json and backtest.html, and a run for each origin. Origins train side by side, one \
      thread each; results do not depend on their number. Ctrl-C saves the state of all and exits \
      with status 130; --resume continues with the same result as without an interruption.

      EXAMPLES:
        nntrain backtest sales.yaml --origins 12
        nntrain backtest sales.yaml --origins 12 --horizon 3 --step 1
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Option(help: ArgumentHelp("The number of origins.", valueName: "n"))
  var origins = 5

  @Option(
    help: ArgumentHelp(
      "The number of steps that are measured (default: all that the network forecasts).",
      valueName: "n"))
  var horizon: Int?

  @Option(
    help: ArgumentHelp(
      "The number of windows between origins (default: the horizon).", valueName: "n")
  )
  var step: Int?

  @Option(
    help: ArgumentHelp(
      """
      The number of rows in a season (default: 12 months, 4 quarters, 7 days, 24 hours, … by the \
      dates; 1 without dates).
      """, valueName: "n"))
  var season: Int?

  @OptionGroup var runSet: RunSetOptions
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    guard (2...1000).contains(origins) else {
      throw ValidationError("--origins is \(origins), expected a number from 2 to 1000")
    }
    for (name, value) in [("horizon", horizon), ("step", step), ("season", season)] {
      if let value, value < 1 {
        throw ValidationError("--\(name) must be 1 or more, got \(value)")
      }
    }
  }

  func run() throws {
    let training = RunSetTraining(runSet, globals, printsDocument: jsonOption.json)
    try globals.useThreads()
    let config = try configOptions.load(seed: globals.seed)
    globals.warn(config.warnings)
    let backtest = try Backtest(
      config: config, origins: origins, horizon: horizon, step: step, season: season,
      claim: runSet.claim(for: config.name, under: BacktestFolder.parent), resumes: runSet.resume)
    try training.run(in: backtest.folder.path, "origins", continuedBy: words) { show, shouldStop in
      try backtest.run(
        parallel: runSet.parallel,
        onEnd: { fold in
          show(fold.result, Self.line(fold), "origin \(fold.fold)/\(origins)")
        },
        shouldStop: shouldStop)
    }
    let page = BacktestPage(backtest)
    try page.write()
    let summary = BacktestSummary(backtest)
    try training.show(page.document, table: summary.table) {
      summary.text(page.described, seconds: $0)
    }
  }

  /// The command without the options of the folder.
  private var words: [String] {
    ["backtest", configOptions.config, "--origins", "\(origins)"]
      + [("horizon", horizon), ("step", step), ("season", season)].flatMap { name, value in
        value.map { ["--\(name)", "\($0)"] } ?? []
      } + configOptions.overrides(seed: globals.seed).flatMap { ["--set", $0] }
  }

  /// The beginning of the line about an origin that has ended.
  private static func line(_ fold: CrossValidation.Fold) -> JSONLine {
    var line = JSONLine()
    line.add("event", "origin")
    line.add("origin", fold.fold)
    line.add("train_rows", fold.result.trainRows)
    return line
  }
}
