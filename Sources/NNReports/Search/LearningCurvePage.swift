package import NNCore
import NNData
import NNDrawing
import NNFormats
package import NNSearch
import NNTraining

/// The page about a learning curve, `learning-curve.html`, its drawing and its document.
package struct LearningCurvePage {
  private let curve: LearningCurve
  private let points: [LearningCurve.Point]

  /// The page about a curve whose runs have ended.
  package init(_ curve: LearningCurve) {
    self.curve = curve
    points = curve.points
  }

  /// Writes page, drawing and document.
  ///
  /// - Throws: `NNError` if a file cannot be written.
  package func write() throws(NNError) {
    let folder = curve.folder
    try AtomicFile.write(path: folder.document, text: document.text + "\n", isSynced: false)
    let figures = figures
    let whole = Figure(
      title: "Learning curve",
      description: figures.map(\.description).joined(separator: "; "),
      columns: min(2, figures.count), panels: figures.flatMap(\.panels))
    try AtomicFile.write(path: folder.picture, text: whole.svg(), isSynced: false)
    try AtomicFile.write(path: folder.page, text: page(figures).text(), isSynced: false)
  }

  /// All sizes, with numbers in full precision.
  package var document: JSONLine {
    var document = JSONLine()
    document.add("folder", curve.folder.path)
    document.add("measured", curve.measured.rawValue)
    document.add("seeds", curve.seeds)
    document.add(
      "sizes",
      points.map { point in
        var line = JSONLine()
        line.add("size", point.size)
        line.add("train_rows", point.rows)
        line.add(curve.measured.rawValue, CrossValidationPage.summary(point.summary))
        if !point.trainSummary.isEmpty {
          line.add("train", CrossValidationPage.summary(point.trainSummary))
        }
        line.add(
          "runs",
          point.results.map { result in
            var run = JSONLine()
            run.add("seed", result.seed)
            run.add("run", result.folder.path)
            run.add("epochs", result.epochs)
            run.add(curve.measured.rawValue, result.figures)
            if !result.trainFigures.isEmpty { run.add("train", result.trainFigures) }
            return run
          })
        return line
      })
    return document
  }

  private func page(_ figures: [Figure]) -> Page {
    var page = Page(title: "Learning curve: \(curve.config.name)")
    page.summary =
      "Networks trained on shares of the training rows, in \(curve.folder.path), and measured on the "
      + "\(curve.measured.rawValue) data and on the rows that they were trained on."
    page.footer = "nntrain \(Version.current)"
    page.hasContents = true
    page.html("<style>\(ReportStyle.css)</style>")
    page.heading("Curves")
    ReportStyle.pairs(&page) { page in
      for figure in figures { page.figure(figure) }
    }
    if curve.seeds > 1 {
      page.paragraph(
        "Lines are means over \(curve.seeds) seeds, areas the sample deviation around them. A seed "
          + "selects the rows as well as the initial weights.")
    }
    page.heading("Sizes")
    let names = points.first?.summary.map(\.name) ?? []
    page.table(
      header: ["share", "training rows"] + names
        + (curve.seeds > 1 ? names.map { "\($0) ±" } : []),
      rows: points.map { point in
        [NumberText.short(point.size), NumberText.integer(point.rows)]
          + point.summary.map { NumberText.short($0.mean, digits: 4) }
          + (curve.seeds > 1
            ? point.summary.map { NumberText.short($0.standardDeviation) } : [])
      })
    page.heading("Config")
    page.code(curve.config.resolvedYAML, language: "yaml")
    return page
  }

  /// Each figure against the number of training rows.
  private var figures: [Figure] {
    let names = points.first?.summary.map(\.name) ?? []
    return names.indices.map { index in
      let heldOut = points.map { $0.summary[index] }
      let trained = points.compactMap { point in
        point.trainSummary.first { $0.name == names[index] }
      }
      var marks = lines(curve.measured.rawValue, heldOut, .series(0))
      if trained.count == points.count { marks += lines("training", trained, .series(1)) }
      let texts = zip(points, heldOut).map { point, figure in
        "\(NumberText.short(figure.mean, digits: 4)) with \(NumberText.integer(point.rows)) rows"
      }
      let rows = points.map(\.rows)
      let isWide = (rows.max() ?? 1) > 30 * max(1, rows.min() ?? 1)
      return ReportStyle.figure(
        names[index], description: "\(names[index]): \(texts.joined(separator: ", "))",
        Plot(
          x: Axis("training rows", scale: isWide ? .log : .linear, isCount: !isWide),
          y: Axis(names[index]), marks: marks))
    }
  }

  private func lines(
    _ name: String, _ figures: [FigureSummary], _ color: SeriesColor
  ) -> [any Mark] {
    let rows = points.map { Double($0.rows) }
    let line = Line(
      name, x: rows, y: figures.map(\.mean), color: color, dash: .solid, markers: true)
    guard curve.seeds > 1 else { return [line] }
    return [
      Area(
        name, x: rows, lower: figures.map { $0.mean - $0.standardDeviation },
        upper: figures.map { $0.mean + $0.standardDeviation }, color: color), line,
    ]
  }
}
