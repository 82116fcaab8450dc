package import NNCore
import NNDrawing
package import NNTraining

/// A comparison of several runs.
package struct RunComparison {
  private let runs: [(name: String, facts: RunFacts)]

  /// Reads run folders.
  ///
  /// - Throws: `NNError` when a folder holds no run or a file is damaged.
  package init(_ folders: [RunFolder]) throws(NNError) {
    var facts: [RunFacts] = []
    for folder in folders { facts.append(try RunFacts(folder)) }
    self.init(facts)
  }

  /// The shortest names that distinguish the runs.
  package var names: [String] { runs.map(\.name) }

  init(_ facts: [RunFacts]) {
    let names = Self.names(facts.map(\.folder.path))
    runs = zip(names, facts).map { (name: $0, facts: $1) }
  }

  /// The page.
  var page: Page {
    var page = Page(title: "\(runs.count) runs")
    page.summary = runs.map(\.name).joined(separator: ", ")
    page.footer = "nntrain \(Version.current)"
    page.html("<style>\(ReportStyle.css)</style>")
    page.heading("Figures")
    let table = figures
    let samples = Dictionary(
      uniqueKeysWithValues: runs.indices.map { ($0 + 1, CurvesSection.stroke(ofRun: $0)) })
    page.table(
      header: ["figure"] + runs.map(\.name), rows: table.map { [$0.name] + $0.cells },
      caption: Self.bestMark, samples: samples,
      best: table.map { Set($0.best.map { $0 + 1 }) })
    let curves = CurvesSection.figures(runs)
    if !curves.isEmpty {
      page.heading("Curves")
      ReportStyle.pairs(&page) { page in
        for (figure, caption) in curves { page.figure(figure, caption: caption) }
      }
    }
    page.heading("Configs")
    let differences = differences
    if differences.isEmpty {
      page.paragraph("The runs have equal configs.")
    } else {
      page.table(header: ["option"] + runs.map(\.name), rows: differences, samples: samples)
    }
    return page
  }

  /// What ★ means in tables of figures.
  package static let bestMark = "★ the best of a row"

  /// One row per figure that at least one run has: a cell for each run, and the runs with the best
  /// value.
  package var figures: [(name: String, cells: [String], best: Set<Int>)] {
    figureRows.map { row in
      (row.name, row.figures.map { $0?.text ?? "n/a" }, RunFigure.best(of: row.figures))
    }
  }

  /// One row per figure that at least one run has, nil for runs without it.
  private var figureRows: [(name: String, figures: [RunFigure?])] {
    let tables = runs.map { SummarySection.figures(of: $0.facts, parameters: nil) }
    var names: [String] = []
    for figure in tables.joined() where !names.contains(figure.name) { names.append(figure.name) }
    return names.map { name in (name, tables.map { table in table.first { $0.name == name } }) }
  }

  /// One row per option that is not the same in all configs.
  package var differences: [[String]] {
    let options = runs.map { ConfigOptionList($0.facts.config).options }
    var names: [String] = []
    for option in options.joined() where !names.contains(option.name) { names.append(option.name) }
    return names.compactMap { name in
      let values = options.map { list in list.first { $0.name == name }?.value ?? "n/a" }
      return Set(values).count > 1 ? [name] + values : nil
    }
  }

  /// One object per run: its folder, its figures (numbers where runs are ranked by them, else
  /// texts) and the options that are not the same in all configs.
  package var jsonLines: [JSONLine] {
    let (rows, differences) = (figureRows, differences)
    return runs.indices.map { index in
      var figures = JSONLine()
      for row in rows {
        if row.figures.contains(where: { $0?.isRanked ?? false }) {
          figures.add(row.name, row.figures[index]?.value)
        } else {
          figures.add(row.name, text: row.figures[index]?.text)
        }
      }
      var line = JSONLine()
      line.add("run", runs[index].facts.folder.path)
      line.add("figures", figures)
      line.add("options", differences.reduce(into: JSONLine()) { $0.add($1[0], $1[index + 1]) })
      return line
    }
  }

  /// The shortest suffixes that distinguish paths.
  static func names(_ paths: [String]) -> [String] {
    let parts = paths.map { $0.split(separator: "/") }
    let longest = parts.map(\.count).max() ?? 1
    for count in 1...max(1, longest) {
      let names = parts.map { $0.suffix(count).joined(separator: "/") }
      if Set(names).count == names.count { return names }
    }
    return paths.enumerated().map { "\($0.element) (\($0.offset + 1))" }
  }
}
