import NNCore
import NNReports
import NNSearch
import NNTraining

/// The result of a search for the terminal: the best trials in a table, or all as JSON.
struct SearchSummary {
  private static let shownCount = 10

  private let search: Search

  init(_ search: Search) { self.search = search }

  /// The trials that have a result, the best first; those without one last.
  private var ranked: [SearchRecord.Trial] {
    let maximizes = search.maximizes
    func key(_ trial: SearchRecord.Trial) -> (Int, Double, Int) {
      let rank =
        switch trial.end?.state {
        case .complete: 0
        case .dominated, .pruned: 1
        case .diverged, .invalid: 2
        case nil: 3
        }
      return (rank, SearchRecord.loss(trial.end?.value, maximizes), trial.number)
    }
    return search.record.trials.sorted { key($0) < key($1) }
  }

  /// The table, what happened, and the next commands.
  func text(_ outcome: Search.Outcome, seconds: Double) -> String {
    let space = search.space
    var table = Table(
      columns: [
        ("trial", .right), ("state", .left), (search.config.searchMetric, .right),
        ("epochs", .right),
      ]
        + space.parameters.map { ($0.path, .right) })
    for trial in ranked.prefix(Self.shownCount) {
      table.add(
        [
          "\(trial.number)", trial.end?.state.rawValue ?? "running",
          trial.end?.value.map { NumberText.rounded($0) } ?? "", "\(trial.epochs)",
        ]
          + space.parameters.indices.map { index in
            space.configValue(index, at: trial.point).map(SearchText.short) ?? ""
          })
    }
    let trials = search.record.trials
    let states = TrialEnd.State.allCases.compactMap { state -> String? in
      let count = trials.count { $0.end?.state == state }
      return count == 0 ? nil : "\(count) \(state.rawValue)"
    }
    let epochs = trials.reduce(0) { $0 + $1.epochs }
    let end =
      switch outcome {
      case .finished: "finished"
      case .outOfTime: "the time budget is used up"
      case .interrupted: "interrupted; the state of all trials is saved"
      }
    var lines = [table.text]
    if trials.count > Self.shownCount {
      lines.append("\(trials.count - Self.shownCount) more in \(search.folder.page)")
    }
    lines.append(
      "\(end) after \(NumberText.duration(seconds)): \(trials.count) trials "
        + "(\(states.joined(separator: ", "))), \(epochs) epochs")
    if let best = search.best, let value = best.end?.value {
      lines += [
        "best: trial \(best.number), \(search.config.searchMetric) \(NumberText.rounded(value))",
        "report: \(search.folder.page)", "next:",
        "  nntrain \(ShellText.command(["train", search.folder.best]))",
      ]
    }
    return lines.joined(separator: "\n")
  }

  /// Everything, with numbers in full precision.
  func json(_ outcome: Search.Outcome) -> JSONLine {
    var document = JSONLine()
    document.add("folder", search.folder.path)
    document.add("metric", search.config.searchMetric)
    document.add("goal", search.maximizes ? "maximize" : "minimize")
    document.add(
      "outcome",
      outcome == .finished ? "finished" : outcome == .outOfTime ? "out_of_time" : "interrupted")
    document.add("best", integer: search.best?.number)
    document.add("best_config", text: search.best == nil ? nil : search.folder.best)
    document.add(
      "trials",
      search.record.trials.map { trial in
        var line = JSONLine()
        line.add("trial", trial.number)
        line.add("state", trial.end?.state.rawValue ?? "running")
        line.add("value", trial.end?.value)
        line.add("epochs", trial.epochs)
        line.add("seed", trial.seed)
        line.add(
          "values",
          .mapping(
            search.space.assignments(trial.point).map { ConfigOption($0.path, $0.value) }))
        line.add("reason", text: trial.end?.reason)
        line.add("run", search.folder.run(ofTrial: trial.number).path)
        return line
      })
    return document
  }
}
