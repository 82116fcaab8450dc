import ArgumentParser
import NNCore
import NNTraining

struct ForecastCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecasts the next values of a series.",
    discussion: """
      Takes the end of the series that the run was trained on, or of another file with the same \
      columns, and prints one value per line. Beyond the network's horizon its own forecasts are \
      its input (autoregressive).

      EXAMPLES:
        nntrain forecast runs/sunspots-1
        nntrain forecast runs/sunspots-1 --steps 24
        nntrain forecast runs/sunspots-1 --data newer.csv
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The number of values (default: the network's horizon).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp("Another file to continue.", valueName: "file"), completion: .file())
  var data: String?

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if let steps, steps < 1 { throw ValidationError("--steps must be 1 or more, got \(steps)") }
    if let steps, steps > Forecaster.largestCount {
      throw ValidationError("--steps must be at most \(Forecaster.largestCount), got \(steps)")
    }
  }

  func run() throws {
    try globals.useThreads()
    let forecaster = try Forecaster(TrainedModel(folder: RunFolder(folder)))
    var failure: NNError?
    try forecaster.forecast(steps: steps ?? forecaster.horizon, file: data) { values in
      do throws(NNError) {
        try Console.print(values.map { "\($0)" }.joined(separator: "\n"))
      } catch { failure = error }
      return failure == nil
    }
    if let failure { throw failure }
  }
}
