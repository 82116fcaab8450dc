import ArgumentParser
import NNCore
import NNReports
import NNSearch
import NNTraining

struct CrossValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cross-validate",
    abstract: "Trains a config once for each fold and measures it on the rows left out.",
    discussion: """
      The section cross_validate of the config names the folds; docs/config.md lists its keys. Every \
      fold is a run in folds/<name>-<n>/runs, whose test data are the rows of the fold. folds.csv, \
      folds.json and folds.html show the figures of all folds with mean and deviation, \
      predictions.csv the outputs for all rows, each by the network that has not seen the row. \
      Folds train side by side, one thread each; results do not depend on their number. \
      Ctrl-C saves the state of all folds and exits with status 130; --resume continues with the same \
      result as without an interruption.

      EXAMPLES:
        nntrain cross-validate iris.yaml
        nntrain cross-validate iris.yaml --folds 10 --repeats 3
        nntrain cross-validate iris.yaml --set cross_validate.group_by=patient --seeds 2
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Option(
    help: ArgumentHelp(
      "The number of folds (default: cross_validate.folds, else 5).", valueName: "n"))
  var folds: Int?

  @Option(
    help: ArgumentHelp(
      "The number of divisions into folds (default: cross_validate.repeats).", valueName: "n"))
  var repeats: Int?

  @Option(
    help: ArgumentHelp(
      "The number of runs of each fold, with different seeds (default: cross_validate.seeds).",
      valueName: "n"))
  var seeds: Int?

  @OptionGroup var runSet: RunSetOptions
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    let training = RunSetTraining(runSet, globals, printsDocument: jsonOption.json)
    try globals.useThreads()
    var options = configOptions
    options.changes += changes
    let config = try options.load(seed: globals.seed)
    globals.warn(config.warnings)
    let validation = try CrossValidation(
      config: config,
      claim: runSet.claim(for: config.name, under: CrossValidationFolder.parent),
      resumes: runSet.resume)
    let words =
      ["cross-validate", configOptions.config]
      + options.overrides(seed: globals.seed).flatMap { ["--set", $0] }
    try training.run(in: validation.folder.path, "folds", continuedBy: words) { show, shouldStop in
      try validation.run(
        parallel: runSet.parallel,
        onEnd: { fold in
          show(
            fold.result, Self.line(fold),
            "run \(validation.folds.count)/\(validation.runCount)  fold \(fold.fold)")
        },
        shouldStop: shouldStop)
    }
    let page = CrossValidationPage(validation)
    try page.write()
    let summary = CrossValidationSummary(validation)
    try training.show(page.document, table: summary.table) {
      summary.text(page.described, seconds: $0)
    }
  }

  /// The changes of the config by this command's options.
  private var changes: [String] {
    [("folds", folds), ("repeats", repeats), ("seeds", seeds)].compactMap { key, number in
      number.map { "cross_validate.\(key)=\($0)" }
    }
  }

  /// The beginning of the line about a fold that has ended.
  private static func line(_ fold: CrossValidation.Fold) -> JSONLine {
    var line = JSONLine()
    line.add("event", "fold")
    line.add("fold", fold.fold)
    line.add("repeat", fold.repetition)
    line.add("seed", fold.result.seed)
    return line
  }
}
