import NNSearch
import NNTraining

/// The result of a cross-validation for the terminal: the folds in a table with mean and deviation.
struct CrossValidationSummary {
  private let validation: CrossValidation

  init(_ validation: CrossValidation) { self.validation = validation }

  /// A row for each run; the last ones hold mean and sample deviation.
  var table: String {
    let section = validation.config.crossValidate ?? CrossValidationConfig()
    let summary = validation.summary
    let numbers =
      ["fold"] + (section.repeats > 1 ? ["repeat"] : []) + (section.seeds > 1 ? ["seed"] : [])
    let headings = numbers + ["train", "held out", "epochs"] + summary.map(\.name)
    var table = Table(columns: headings.map { ($0, .right) })
    for fold in validation.folds {
      let result = fold.result
      var entries = ["\(fold.fold)"]
      if section.repeats > 1 { entries.append("\(fold.repetition)") }
      if section.seeds > 1 { entries.append("\(result.seed)") }
      entries += ["\(result.trainRows)", "\(result.heldOutRows)", "\(result.epochs)"]
      table.add(entries + result.figures.map { NumberText.rounded($0.value) })
    }
    let empty = [String](repeating: "", count: numbers.count + 2)
    table.setFooter(["mean"] + empty + summary.map { Self.text($0.mean) })
    var text = table.text
    for (name, figures) in [
      ("deviation", summary), ("deviation between seeds", validation.summaryOfSeeds),
    ] where !figures.isEmpty {
      text +=
        "\n\(name): "
        + figures.map { "\($0.name) ± \(Self.text($0.standardDeviation))" }.joined(separator: ", ")
    }
    return text
  }

  /// The table, what was done and where the files are.
  func text(_ described: String, seconds: Double) -> String {
    let folder = validation.folder
    var lines = [table, "\(described) finished after \(NumberText.duration(seconds))"]
    lines.append("table: \(folder.table)")
    if validation.hasPredictions { lines.append("predictions: \(folder.predictions)") }
    lines.append("report: \(folder.page)")
    return lines.joined(separator: "\n")
  }

  private static func text(_ number: Double) -> String {
    number.isNaN ? "n/a" : NumberText.rounded(number)
  }
}
