package import NNCore
import NNData
import NNDrawing
import NNFormats
package import NNSearch
import NNTraining

/// The page about a cross-validation, `folds.html`, and its document, `folds.json`.
package struct CrossValidationPage {
  private let validation: CrossValidation
  private let folds: [CrossValidation.Fold]
  private let summary: [FigureSummary]

  /// The page about folds that have ended.
  package init(_ validation: CrossValidation) {
    self.validation = validation
    folds = validation.folds
    summary = validation.summary
  }

  /// Writes the page and the document.
  ///
  /// - Throws: `NNError` if a file cannot be written.
  package func write() throws(NNError) {
    let folder = validation.folder
    try AtomicFile.write(path: folder.document, text: document.text + "\n", isSynced: false)
    try AtomicFile.write(path: folder.page, text: page.text(), isSynced: false)
  }

  /// How the rows were divided: `5 stratified folds`.
  package var described: String {
    let section = validation.config.crossValidate ?? CrossValidationConfig()
    let kind =
      switch validation.kind {
      case .time: "folds in time"
      case .grouped: "folds of whole groups"
      case .stratified: "stratified folds"
      case .plain: "folds"
      }
    var text = "\(section.rule.folds) \(kind)"
    if section.repeats > 1 { text += ", \(section.repeats) repetitions" }
    if section.seeds > 1 { text += ", \(section.seeds) seeds" }
    return text
  }

  /// All folds and the summary, with numbers in full precision.
  package var document: JSONLine {
    var document = JSONLine()
    document.add("folder", validation.folder.path)
    document.add("kind", validation.kind.rawValue)
    let section = validation.config.crossValidate ?? CrossValidationConfig()
    document.add("folds", section.rule.folds)
    document.add("repeats", section.repeats)
    document.add("seeds", section.seeds)
    document.add("summary", Self.summary(summary))
    if !validation.summaryOfSeeds.isEmpty {
      document.add("summary_of_seeds", Self.summary(validation.summaryOfSeeds))
    }
    document.add(
      "runs",
      folds.map { fold in
        var line = JSONLine()
        line.add("fold", fold.fold)
        line.add("repeat", fold.repetition)
        line.add("seed", fold.result.seed)
        line.add("run", fold.result.folder.path)
        line.add("train_rows", fold.result.trainRows)
        line.add("held_out_rows", fold.result.heldOutRows)
        line.add("epochs", fold.result.epochs)
        line.add("figures", fold.result.figures)
        return line
      })
    return document
  }

  /// Mean and deviation of each figure.
  static func summary(_ figures: [FigureSummary]) -> JSONLine {
    var line = JSONLine()
    for figure in figures {
      var inner = JSONLine()
      inner.add("mean", figure.mean)
      inner.add("std", figure.standardDeviation)
      line.add(figure.name, inner)
    }
    return line
  }

  /// The page.
  var page: Page {
    var page = Page(title: "Cross-validation: \(validation.config.name)")
    page.summary =
      "\(described) in \(validation.folder.path): each network is measured on the rows that its "
      + "training did not see."
    page.footer = "nntrain \(Version.current)"
    page.hasContents = true
    page.html("<style>\(ReportStyle.css)</style>")
    page.heading("Result")
    page.table(
      header: ["", "mean", "deviation", "smallest", "largest"],
      rows: summary.map { figure in
        [
          figure.name, NumberText.short(figure.mean, digits: 4),
          NumberText.short(figure.standardDeviation, digits: 3),
          NumberText.short(figure.values.min() ?? .nan, digits: 4),
          NumberText.short(figure.values.max() ?? .nan, digits: 4),
        ]
      })
    page.paragraph(
      "The deviation is that of a sample, divided by n − 1, over the \(folds.count) runs.")
    page.heading("Figures by fold")
    ReportStyle.pairs(&page) { page in
      for figure in summary { page.figure(strip(figure)) }
    }
    page.heading("Folds")
    page.table(
      header: ["fold", "repetition", "seed", "training rows", "held-out rows", "epochs"]
        + summary.map(\.name),
      rows: folds.map { fold in
        [
          "\(fold.fold)", "\(fold.repetition)", "\(fold.result.seed)",
          NumberText.integer(fold.result.trainRows), NumberText.integer(fold.result.heldOutRows),
          "\(fold.result.epochs)",
        ] + fold.result.figures.map { NumberText.short($0.value, digits: 4) }
      })
    page.heading("Config")
    page.code(validation.config.resolvedYAML, language: "yaml")
    return page
  }

  /// One point for each run over its fold, and the mean with its deviation.
  private func strip(_ figure: FigureSummary) -> Figure {
    let count = validation.config.crossValidate?.rule.folds ?? 0
    let (mean, deviation) = (figure.mean, figure.standardDeviation)
    let ends = [0.5, Double(count) + 0.5]
    var marks: [any Mark] = []
    if deviation.isFinite {
      marks.append(
        Area(
          "± deviation", x: ends, lower: [mean - deviation, mean - deviation],
          upper: [mean + deviation, mean + deviation], color: .series(1)))
    }
    if mean.isFinite {
      marks.append(Line("mean", x: ends, y: [mean, mean], color: .series(1), dash: .solid))
    }
    marks.append(
      Points(
        "run", x: folds.map { Double($0.fold) }, y: figure.values, color: .series(0),
        symbol: .circle))
    return ReportStyle.figure(
      figure.name,
      description:
        "\(figure.name) of \(folds.count) runs, mean \(NumberText.short(mean, digits: 4)), "
        + "deviation \(NumberText.short(deviation))",
      Plot(
        x: Axis("fold", range: 0.5...Double(count) + 0.5, isCount: true), y: Axis(figure.name),
        marks: marks))
  }
}
