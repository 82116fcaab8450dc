import ArgumentParser
import NNCore
import NNData
import NNReports
import NNSearch
import NNTraining

struct LearningCurveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learning-curve",
    abstract: "Shows how the result of a config depends on the number of training rows.",
    discussion: """
      Trains on shares of the training rows and measures each network on the same test data, or on \
      the validation data if there are none. A smaller share is part of every larger one, and classes \
      keep their shares. Every size is a run in learning-curves/<name>-<n>/runs; learning-curve.csv, \
      .json, .svg and .html show all. Runs train side by side, one thread each; results do not depend \
      on their number. With several seeds each selects rows and initial weights, and means and \
      deviations are shown; --sizes 1 --seeds N repeats the training of all rows with N seeds. \
      Ctrl-C saves the state of all runs and exits with status 130; --resume continues.

      EXAMPLES:
        nntrain learning-curve iris.yaml
        nntrain learning-curve iris.yaml --sizes 0.05,0.1,0.2,0.5,1 --seeds 5
        nntrain learning-curve iris.yaml --sizes 1 --seeds 10
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Option(
    help: ArgumentHelp(
      "The shares of the training rows, separated by commas (default: 0.1,0.25,0.5,1).",
      valueName: "list"))
  var sizes: String?

  @Option(
    help: ArgumentHelp("The number of runs of each size, with different seeds.", valueName: "n"))
  var seeds = 1

  @OptionGroup var runSet: RunSetOptions
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    guard (1...1000).contains(seeds) else {
      throw ValidationError("--seeds is \(seeds), expected a number from 1 to 1000")
    }
  }

  func run() throws {
    let training = RunSetTraining(runSet, globals, printsDocument: jsonOption.json)
    let sizes =
      try sizes.map { text throws(NNError) in
        try NumberList.parse(text, option: "--sizes")
      } ?? LearningCurve.standardSizes
    try globals.useThreads()
    let config = try configOptions.load(seed: globals.seed)
    globals.warn(config.warnings)
    let curve = try LearningCurve(
      config: config, sizes: sizes, seeds: seeds,
      claim: runSet.claim(for: config.name, under: LearningCurveFolder.parent),
      resumes: runSet.resume)
    let words =
      ["learning-curve", configOptions.config]
      + configOptions.overrides(seed: globals.seed).flatMap { ["--set", $0] }
      + (self.sizes.map { ["--sizes", $0] } ?? []) + ["--seeds", "\(seeds)"]
    try training.run(in: curve.folder.path, "runs", continuedBy: words) { show, shouldStop in
      try curve.run(
        parallel: runSet.parallel,
        onEnd: { size, _, result in
          show(
            result, Self.line(size, result),
            "size \(NumberText.rounded(size))  \(result.trainRows) rows")
        },
        shouldStop: shouldStop)
    }
    let page = LearningCurvePage(curve)
    try page.write()
    let table = Self.table(curve)
    try training.show(page.document, table: table) { seconds in
      """
      \(table)
      measured on the \(curve.measured.rawValue) data; finished after \(NumberText.duration(seconds))
      table: \(curve.folder.table)
      picture: \(curve.folder.picture)
      report: \(curve.folder.page)
      """
    }
  }

  /// The beginning of the line about a run that has ended.
  private static func line(_ size: Double, _ result: RunResult) -> JSONLine {
    var line = JSONLine()
    line.add("event", "size")
    line.add("size", size)
    line.add("seed", result.seed)
    line.add("train_rows", result.trainRows)
    return line
  }

  /// A row for each size, with means and deviations over several seeds.
  private static func table(_ curve: LearningCurve) -> String {
    let names = curve.points.first?.summary.map(\.name) ?? []
    let hasTraining = curve.points.allSatisfy { !$0.trainSummary.isEmpty }
    let headings =
      ["size", "rows"] + names.map { "\(curve.measured.rawValue) \($0)" }
      + (hasTraining ? names.map { "training \($0)" } : [])
    var table = Table(columns: headings.map { ($0, .right) })
    for point in curve.points {
      table.add(
        [NumberText.rounded(point.size), "\(point.rows)"]
          + (point.summary + (hasTraining ? point.trainSummary : [])).map(text))
    }
    return table.text
  }

  /// The mean, with the deviation if there are several values: `0.9123 ± 0.01`.
  private static func text(_ figure: FigureSummary) -> String {
    guard figure.mean.isFinite else { return "n/a" }
    let mean = NumberText.rounded(figure.mean)
    guard figure.values.count > 1 else { return mean }
    return "\(mean) ± \(NumberText.rounded(figure.standardDeviation, digits: 2))"
  }
}
