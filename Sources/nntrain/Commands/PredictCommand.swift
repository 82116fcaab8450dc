import ArgumentParser
import NNCore
import NNData
import NNTraining

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Applies a trained network to rows of inputs.",
    discussion: """
      Reads .npy, .npz (the array x, or the only one) or .csv; writes .npy, .csv or .jsonl, or CSV \
      to standard output. What comes out are the network's raw outputs, for a classifier the class \
      too; where each output is a decision of its own (bce, bce_with_logits), all decisions.

      EXAMPLES:
        nntrain predict runs/mnist-1 --input pictures.npy
        nntrain predict runs/mnist-1 --input new.csv --output classes.jsonl --probabilities
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The rows: .npy, .npz or .csv.", valueName: "file"), completion: .file())
  var input: String

  @Option(
    help: ArgumentHelp(
      "Where to write: .npy, .csv or .jsonl (default: CSV to standard output).",
      valueName: "file"), completion: .file())
  var output: String?

  @Flag(help: "Give softmax or sigmoid of the outputs in place of the raw ones.")
  var probabilities = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    let format = try output.map(PredictionFormat.init(path:)) ?? .csv
    try globals.useThreads()
    let model = try TrainedModel(folder: RunFolder(folder))
    let predictor = try Predictor(model)
    let rows = try PredictionInput.read(input, features: Self.features(of: model.config))
    do throws(NNError) {
      let outputs =
        probabilities ? try predictor.probabilities(rows) : try predictor.predict(rows)
      let table = PredictionTable(
        outputs: outputs, classes: predictor.classes(of: outputs, areProbabilities: probabilities),
        decisions: predictor.decisions(of: outputs, areProbabilities: probabilities),
        classNames: model.classNames, kind: probabilities ? "probabilities" : "outputs")
      try write(table, as: format)
    } catch { throw error.at(input) }
  }

  private func write(_ table: PredictionTable, as format: PredictionFormat) throws(NNError) {
    if let output {
      try table.write(to: output, as: format)
    } else {
      try Console.print(table.csv, terminator: "")
    }
  }

  /// The names of the input columns, where the config lists them.
  private static func features(of config: Config) -> [String]? {
    guard case .list(let columns)? = config.data.train["features"] else { return nil }
    let names = columns.compactMap { column -> String? in
      if case .string(let name) = column { name } else { nil }
    }
    return names.count == columns.count ? names : nil
  }
}
