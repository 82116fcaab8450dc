import ArgumentParser
import NNCore
import NNData
import NNDrawing
import NNMetrics
import NNReports
import NNTraining

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluates a trained network on test data.",
    discussion: """
      Prints the loss and every metric of the run's config, on the config's test source or on \
      another one. Columns of a table are found by their names in the training data. With \
      normalize_target the loss is that of scaled targets; metrics are in the data's unit.

      EXAMPLES:
        nntrain evaluate runs/mnist-1
        nntrain evaluate runs/mnist-1 --data fashion-mnist-test --json
        nntrain evaluate runs/mnist-1 --data '{npz: more.npz, x: images, y: labels}'
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      """
      The test data: a named source, a source as in a config, or an .npz or .csv file \
      (default: the test source of the run).
      """, valueName: "source"))
  var data: String?

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let model = try TrainedModel(folder: RunFolder(folder))
    let dataset = try model.recordedConfig().load(source(for: model), encoding: model.encoding)
    let evaluation = try Evaluation.run(model: model, dataset: dataset)
    globals.warn(evaluation.warnings)
    let matrices = evaluation.metrics.compactMap {
      ($0 as? TensorMetric)?.metric as? ConfusionMatrix ?? $0 as? ConfusionMatrix
    }
    guard !jsonOption.json else {
      try Console.print(Self.json(evaluation, of: dataset, matrices, model).text)
      return
    }
    var table = Table(("", .left), ("", .left))
    table.add("data", dataset.name)
    table.add("rows", NumberText.grouped(dataset.count))
    for figure in evaluation.figures {
      table.add(figure.name, NumberText.rounded(figure.value, digits: 6))
    }
    try Console.print(table.text)
    for matrix in matrices {
      try Console.print(
        "\n" + Self.text(matrix, names: model.names(ofClasses: matrix.counts.count)))
    }
  }

  private func source(for model: TrainedModel) throws(NNError) -> DataSource {
    var config = try model.recordedConfig()
    guard let data else {
      if let seed = globals.seed {
        config.data.test = config.data.test?.replacing("seed", with: .integer(seed))
      }
      guard let source = try config.makeTestSource() else {
        let example = try config.makeTrainSource().example
        throw .invalid(
          "the run's config has no test source", at: folder,
          hint: "give one with --data, such as --data \(example)")
      }
      return source
    }
    // A file name alone is read like the training data's file.
    let kind = CSVFormat.isTable(data) ? "csv" : data.hasSuffix(".npz") ? "npz" : nil
    if let kind, !data.contains("{"), config.data.train.kind == kind {
      config.data.test = config.data.train.replacing(kind, with: .string(data))
      if let source = try config.makeTestSource() { return source }
    }
    return try Config.dataSource(
      from: data, seed: globals.seed ?? config.seed, encoding: model.encoding)
  }

  private static func json(
    _ evaluation: Evaluation, of dataset: Dataset, _ matrices: [ConfusionMatrix],
    _ model: TrainedModel
  ) -> JSONLine {
    var document = JSONLine()
    document.add("data", dataset.name)
    document.add("rows", dataset.count)
    document.add("figures", evaluation.figures)
    document.add(
      "confusion_matrices",
      matrices.map { matrix in
        var line = JSONLine()
        line.add("classes", model.names(ofClasses: matrix.counts.count))
        line.add("counts", matrix.counts)
        return line
      })
    document.add("warnings", evaluation.warnings)
    return document
  }

  /// The matrix with one row per true class and one column per predicted class.
  private static func text(_ matrix: ConfusionMatrix, names: [String]) -> String {
    var table = Table(
      columns: [("true \\ predicted", .left)] + names.map { ($0, .right) } + [("recall", .right)])
    for (index, counts) in matrix.counts.enumerated() {
      table.add(
        [names[index]] + counts.map(NumberText.grouped)
          + [NumberText.fixed(matrix.recall[index], decimals: 3)])
    }
    table.setFooter(
      ["precision"] + matrix.precision.map { NumberText.fixed($0, decimals: 3) } + [""])
    return table.text
  }
}

extension ComponentConfig {
  /// The component with another value for one of its options.
  fileprivate func replacing(_ name: String, with value: ConfigValue) -> ComponentConfig {
    var copy = self
    for index in copy.options.indices where copy.options[index].name == name {
      copy.options[index].value = value
    }
    return copy
  }
}
