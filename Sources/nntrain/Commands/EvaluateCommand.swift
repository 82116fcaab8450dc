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
        nntrain evaluate runs/shapes-1 --data photos/test
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @OptionGroup var test: TestDataOption
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let model = try TrainedModel(folder: RunFolder(folder))
    let dataset = try test.dataset(for: model, in: folder, seed: globals.seed)
    let evaluation = try Evaluation.run(model: model, dataset: dataset)
    globals.warn(evaluation.warnings)
    globals.note(dataset.notes.map(\.line))
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
