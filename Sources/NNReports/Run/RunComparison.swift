import NNCore
import NNTraining

/// Several runs beside each other.
struct RunComparison {
  private let runs: [(name: String, facts: RunFacts)]

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
    page.table(header: ["figure"] + runs.map(\.name), rows: figures)
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
      page.table(header: ["option"] + runs.map(\.name), rows: differences)
    }
    return page
  }

  /// A row for each figure that some run has.
  private var figures: [[String]] {
    let tables = runs.map { SummarySection.figures(of: $0.facts, parameters: nil) }
    var names: [String] = []
    for row in tables.joined() where !names.contains(row[0]) { names.append(row[0]) }
    return names.map { name in
      [name] + tables.map { table in table.first { $0[0] == name }?[1] ?? "n/a" }
    }
  }

  /// A row for each option that is not the same in all configs.
  private var differences: [[String]] {
    let options = runs.map { ConfigOptionList($0.facts.config).options }
    var names: [String] = []
    for option in options.joined() where !names.contains(option.name) { names.append(option.name) }
    return names.compactMap { name in
      let values = options.map { list in list.first { $0.name == name }?.value ?? "n/a" }
      return Set(values).count > 1 ? [name] + values : nil
    }
  }

  /// The last parts of paths that tell them apart.
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
