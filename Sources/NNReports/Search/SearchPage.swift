package import NNCore
import NNDrawing
import NNFormats
package import NNSearch
import NNTraining

/// The page about a search: `search.html`, one file that loads nothing and runs no script.
package struct SearchPage {
  private let record: SearchRecord
  private let config: Config
  private let space: SearchSpace
  private let folder: SearchFolder
  private let isRunning: Bool

  /// The page about the state of a search.
  ///
  /// - Parameter isRunning: Whether a browser loads the page again, since the search goes on.
  package init(_ search: Search, isRunning: Bool = false) {
    self.isRunning = isRunning
    record = search.record
    config = search.config
    space = search.space
    folder = search.folder
  }

  /// Writes the page.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  package func write() throws(NNError) {
    try AtomicFile.write(path: folder.page, text: page.text(), isSynced: false)
  }

  /// The page.
  var page: Page {
    let maximizes = config.searchMaximizes
    let best = record.best(maximizes: maximizes)
    var page = Page(title: "Search: \(config.name)")
    page.summary =
      "The search in \(folder.path): \(record.trials.count) trials, compared by "
      + "\(config.searchMetric), of which \(maximizes ? "greater" : "smaller") values are better."
    page.footer = "nntrain \(Version.current)"
    page.hasContents = true
    if isRunning { page.refreshInterval = SearchPageWriter.interval }
    page.html("<style>\(ReportStyle.css)</style>")
    let figures = SearchFigures(record, config, space)
    page.heading("Result")
    page.table(header: ["", "value"], rows: summary(best))
    page.heading("History")
    ReportStyle.pairs(&page) { page in
      page.figure(figures.history, caption: "The result of each trial and the best so far.")
      if let curves = figures.curves {
        page.figure(curves, caption: "\(config.searchMetric) after each epoch of each trial.")
      }
    }
    if let importance = figures.importance {
      page.heading("Importance")
      page.figure(
        importance,
        caption:
          "The share of the variance of the results over the whole space that each parameter "
          + "explains alone, by a functional ANOVA of a random forest over the complete trials; the "
          + "rest is explained by several together.")
    }
    page.heading("Parameters")
    if let lines = figures.parallelCoordinates {
      page.figure(
        lines, caption: "One line for each complete trial; an axis begins and ends with its bounds."
      )
    }
    ReportStyle.pairs(&page) { page in
      for slice in figures.slices { page.figure(slice) }
    }
    page.heading("Trials")
    page.table(
      header: ["trial", "state", config.searchMetric, "epochs"] + space.parameters.map(\.path),
      rows: record.trials.map(row),
      best: record.trials.map { $0.number == best?.number ? [2] : [] })
    let reasons = record.trials.compactMap { trial in
      trial.end?.reason.map { "Trial \(trial.number): \($0)" }
    }
    if !reasons.isEmpty {
      page.details(summary: "Why \(reasons.count) trials have no result") { $0.list(reasons) }
    }
    if let best, let config = try? config.changed(space.assignments(best.point)) {
      page.heading("Best config")
      page.paragraph("\(folder.best) repeats trial \(best.number) with its seed.")
      page.code(config.resolvedYAML, language: "yaml")
    }
    return page
  }

  private func summary(_ best: SearchRecord.Trial?) -> [[String]] {
    var rows: [[String]] = []
    if let best, let value = best.end?.value {
      rows.append(["best \(config.searchMetric)", NumberText.short(value, digits: 4)])
      rows.append(["best trial", "\(best.number)"])
    }
    for state in TrialEnd.State.allCases {
      let count = record.trials.count { $0.end?.state == state }
      if count > 0 { rows.append(["\(state.rawValue) trials", "\(count)"]) }
    }
    let open = record.trials.count { $0.end == nil }
    if open > 0 { rows.append(["trials in progress", "\(open)"]) }
    rows.append(["epochs", NumberText.integer(record.trials.reduce(0) { $0 + $1.epochs })])
    return rows
  }

  private func row(_ trial: SearchRecord.Trial) -> [String] {
    [
      "\(trial.number)", trial.end?.state.rawValue ?? "running",
      trial.end?.value.map { NumberText.short($0, digits: 4) } ?? "n/a", "\(trial.epochs)",
    ]
      + space.parameters.indices.map { index in
        space.configValue(index, at: trial.point).map(SearchText.short) ?? "n/a"
      }
  }
}

/// Writes the page of a running search now and then; a browser that shows it follows the search.
package final class SearchPageWriter {
  /// The least number of seconds between pages, since writing one takes a moment.
  static let interval = 5

  private let search: Search
  private var last: ContinuousClock.Instant?

  /// Prepares the pages of a search.
  package init(_ search: Search) { self.search = search }

  /// Writes the page, unless the last one is recent. Errors are reported by ``write()`` at the end.
  package func writeIfDue() {
    guard last.map({ .now - $0 >= .seconds(Self.interval) }) ?? true else { return }
    last = .now
    try? SearchPage(search, isRunning: true).write()
  }

  /// Writes the page of the search as it is when it has ended.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  package func write() throws(NNError) { try SearchPage(search).write() }
}
