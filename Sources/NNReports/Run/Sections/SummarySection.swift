import NNCore
import NNDrawing
import NNLayers
import NNTraining

/// The results of the run, its epochs and its duration.
struct SummarySection: ReportSection {
  static let title = "Summary"

  private let rows: [[String]]
  private let notes: [String]

  init?(_ run: RunEvidence) throws(NNError) {
    notes = run.notes
    rows = Self.figures(of: run.facts, parameters: run.model?.layout.parameterCount)
      .map { [$0.name, $0.text] }
  }

  /// The figures of one run, which comparisons of runs also use.
  static func figures(of facts: RunFacts, parameters: Int?) -> [RunFigure] {
    var rows: [RunFigure] = []
    func measured(_ name: String, as title: String, _ value: Double) -> RunFigure {
      RunFigure(
        title, NumberText.short(value, digits: 4), value: value,
        facts.config.isGreaterBetter(name) ? .higher : .lower)
    }
    let done = facts.epochs?["epoch"]?.last.map { Int($0) } ?? 0
    rows.append(RunFigure("epochs", "\(done) of \(facts.config.epochs)"))
    if let epochs = facts.epochs, let best = facts.bestEpoch {
      let number = epochs["epoch"]?[best] ?? 0
      rows.append(
        RunFigure("best epoch", "\(Int(number)), by \(facts.config.makeMonitor().figure)"))
      for name in ["train_loss", "val_loss"] + facts.metricNames {
        guard let value = epochs[name]?[best], !value.isNaN else { continue }
        rows.append(measured(name, as: "\(name) then", value))
      }
      rows.append(
        RunFigure(
          "weights", facts.keepsBest ? "those of epoch \(Int(number))" : "the last ones"))
    }
    for figure in facts.test {
      rows.append(measured(figure.name, as: "test \(figure.name)", figure.value))
    }
    if let parameters {
      rows.append(RunFigure("parameters", NumberText.integer(parameters)))
    }
    if facts.epochs != nil {
      rows.append(
        RunFigure("training time", duration(facts.seconds), value: facts.seconds, .lower))
      let rate = facts.rowsPerSecond
      rows.append(
        RunFigure(
          "rows a second", NumberText.fixed(rate.rounded(), decimals: 0), value: rate, .higher))
    }
    return rows
  }

  /// Seconds as `1 h 02 min`, `2 min 05 s` or `12.3 s`.
  static func duration(_ seconds: Double) -> String {
    // Files may hold any number; beyond a million years only seconds are shown.
    guard (0..<3e13).contains(seconds) else { return "\(NumberText.short(seconds)) s" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole >= 3600 { return "\(whole / 3600) h \(two(whole / 60 % 60)) min" }
    if whole >= 60 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(NumberText.short(seconds)) s"
  }

  func write(to page: inout Page) {
    page.table(header: ["figure", "value"], rows: rows)
    for note in notes { page.paragraph(note) }
  }
}
