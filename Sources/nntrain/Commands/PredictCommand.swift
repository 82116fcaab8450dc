import ArgumentParser
import NNCore
import NNData
import NNGraph
import NNTraining

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Applies a trained network to inputs.",
    discussion: """
      Reads .npy, .npz (the array x, or the only one), or a table (.csv, .tsv, .jsonl, .arff, .libsvm), \
      from standard input in the format of the training data, else CSV, and for a network trained on \
      an image_folder an image or a folder of images. A network trained on texts reads a file with one \
      text per line (also from standard input), a table with the column of texts, or a folder of .txt \
      files; one that reads columns next to the texts reads tables alone. \
      Writes .npy, .npz, .csv or .jsonl, or CSV to standard output. Predictions are the network's raw \
      outputs, and for a classifier also the class; for binary outputs (bce, bce_with_logits) all \
      decisions. A network with a class for each step of a sequence writes a line of CSV for each valid \
      step. Columns of a table are found by their names in the training data; other columns, \
      such as an id, come first in CSV and JSONL. A network with several inputs that are arrays reads \
      .npz; further outputs are further columns, or arrays of .npz.

      EXAMPLES:
        nntrain predict runs/mnist-1 --input images.npy
        zcat new.csv.gz | nntrain predict runs/iris-1 --input -
        nntrain predict runs/shapes-1 --input photos --output classes.csv
        echo "a wonderful film" | nntrain predict runs/reviews-1 --input -
        nntrain predict runs/mnist-1 --input new.csv --output classes.jsonl --probabilities
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      """
      The inputs: .npy, .npz, a table, such as .csv or .jsonl, an image, lines of texts, a folder of \
      images or texts; - for standard input.
      """, valueName: "file"),
    completion: .file())
  var input: String

  @Option(
    help: ArgumentHelp(
      "Where to write: .npy, .npz, .csv or .jsonl (default: CSV to standard output).",
      valueName: "file"), completion: .file())
  var output: String?

  @Flag(help: "Write softmax or sigmoid of the outputs instead of the raw outputs.")
  var probabilities = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    let format = try output.map(PredictionFormat.init(path:)) ?? .csv
    try globals.useThreads()
    let model = try TrainedModel(folder: RunFolder(folder))
    let predictor = try Predictor(model)
    let rows = try PredictionInput.rows(
      input, as: model.recordedConfig().makeTrainSource(), known: model.encoding,
      threads: Machine.current.threads)
    globals.note(rows.notes.map(\.line))
    do throws(NNError) {
      var named = try predictor.outputs(of: rows.namedInputs)
      if probabilities {
        for (position, name) in named.names.enumerated() {
          // Other outputs may be numbers, which have no probabilities.
          guard position == 0 || predictor.meaning(ofOutput: name) != nil else { continue }
          named[name] = try predictor.probabilities(
            of: named[position: position], named: position == 0 ? nil : name)
        }
      }
      let outputs = named.values
      let table = PredictionTable(
        namedOutputs: named,
        classes: predictor.classes(of: outputs, areProbabilities: probabilities),
        stepClasses: named.count == 1
          ? predictor.stepClasses(of: outputs, lengths: rows.stepCounts) : nil,
        decisions: predictor.decisions(of: outputs, areProbabilities: probabilities),
        classNames: model.classNames, targetNames: model.outputNames,
        others: rows.others, kind: probabilities ? "probabilities" : "outputs")
      try write(table, as: format)
    } catch {
      throw error.at(input == PredictionInput.standardInput ? "standard input" : input)
    }
  }

  private func write(_ table: PredictionTable, as format: PredictionFormat) throws(NNError) {
    if let output {
      try table.write(to: output, as: format)
    } else {
      try Console.print(table.csv, terminator: "")
    }
  }
}
