import NNCore
import NNReports
import NNSearch
import NNTraining

/// A line for each trial that ends, or every event of the journal as JSON.
struct SearchProgress {
  private let search: Search
  private let isJSON: Bool

  init(_ search: Search, isJSON: Bool) {
    self.search = search
    self.isJSON = isJSON
  }

  /// Shows an event that has been applied.
  func show(_ event: JournalEvent) {
    if isJSON {
      Console.show(event.line(search.space))
      return
    }
    guard case .ended(let number, let end) = event else { return }
    let trial = search.record.trials[number - 1]
    let limit = search.trialLimit == .max ? "" : "/\(search.trialLimit)"
    let value = end.value.map { "\(search.config.searchMetric) \(NumberText.rounded($0))" }
    var text = "trial \(number)\(limit)  \(end.state.rawValue)"
    if let value { text += "  \(value)" }
    if let best = search.best, best.number == number, end.state == .complete { text += "  best" }
    let point = search.space.assignments(trial.point).map { path, value in
      "\(path) \(SearchText.short(value))"
    }
    text += "  " + point.joined(separator: ", ")
    if let reason = end.reason { text += "  (\(reason))" }
    Console.show(text.escapingControls())
  }
}
