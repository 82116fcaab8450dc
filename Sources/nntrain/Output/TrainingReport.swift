import NNCore
import NNData
import NNDrawing
import NNReports
import NNTraining

/// The output of `train` at the end of a run, in the format of the progress display.
struct TrainingReport {
  let mode: ProgressMode
  let isQuiet: Bool
  let folder: RunFolder
  /// What the network is used for.
  let use: DataUse

  /// Reports that the run is already finished, the results that were missing, and how to train it
  /// further.
  ///
  /// - Parameters:
  ///   - stoppedEarly: Whether the run ended before its last epoch.
  ///   - changes: The changes of the config that train it further.
  ///   - test: Metrics on the test data, if they were missing.
  ///   - report: The report's path, if it was missing.
  func alreadyFinished(
    stoppedEarly: Bool, changes: [String], test: [(name: String, value: Double)]?, report: String?
  ) throws(NNError) {
    if isQuiet { return }
    if mode == .json {
      var line = JSONLine()
      line.add("event", "already_finished")
      if let test { line.add("test", test) }
      line.add("run_dir", folder.path)
      if let report { line.add("report", report) }
      try Console.print(line.text, mayBeUnread: true)
      return
    }
    var lines: [String] = []
    if let test { lines.append(Self.text(test)) }
    if let report { lines.append("report: \(report)") }
    let end = stoppedEarly ? "stopped early" : "is finished"
    lines.append(
      "the run in \(folder.path) \(end); "
        + (lines.isEmpty ? "nothing to do" : "missing results have been added"))
    if !changes.isEmpty {
      let options = changes.map { "--set \($0)" }.joined(separator: " ")
      lines.append("  hint: \(options) trains it further")
    }
    try Console.print(lines.joined(separator: "\n"), mayBeUnread: true)
  }

  /// Reports where the state is saved and how to continue.
  func interrupted(continueWith command: String) {
    if isQuiet { return }
    Console.note(
      """
      interrupted; the state is saved in \(folder.path)
      continue with: \(command)
      """)
  }

  /// Reports the test metrics, the time, the run folder and the next commands.
  func ended(
    _ outcome: TrainingEvent.Outcome, test: [(name: String, value: Double)]?, seconds: Double,
    report: String?
  ) throws(NNError) {
    if isQuiet { return }
    if mode == .json {
      var line = JSONLine()
      line.add("event", "result")
      line.add("outcome", outcome.rawValue)
      if let test { line.add("test", test) }
      line.add("seconds", seconds)
      line.add("run_dir", folder.path)
      if let report { line.add("report", report) }
      try Console.print(line.text, mayBeUnread: true)
      return
    }
    let path = ShellText.command([folder.path])
    var lines: [String] = []
    if let test { lines.append(Self.text(test)) }
    lines += [
      "\(Self.text(outcome)) after \(NumberText.fixed(seconds, decimals: 1)) seconds",
      "run folder: \(folder.path)",
    ]
    if let report { lines.append("report: \(report)") }
    lines.append("next:")
    // evaluate needs test data.
    if test != nil { lines.append("  nntrain evaluate \(path)") }
    lines.append("  nntrain " + command(path))
    try Console.print(lines.joined(separator: "\n"), mayBeUnread: true)
  }

  /// The command that uses a network trained on this kind of data.
  private func command(_ path: String) -> String {
    switch use {
    case .generation: "generate \(path) --prompt TEXT"
    case .translation: "translate \(path) --input FILE"
    case .forecast: "forecast \(path)"
    case .prediction: "predict \(path) --input FILE"
    }
  }

  private static func text(_ test: [(name: String, value: Double)]) -> String {
    let figures = test.map { "\($0.name) \(NumberText.rounded($0.value))" }
    return "test: \(figures.joined(separator: ", "))"
  }

  private static func text(_ outcome: TrainingEvent.Outcome) -> String {
    switch outcome {
    case .completed: "finished"
    case .stoppedEarly: "stopped early, since the monitored figure no longer improved,"
    case .reachedStepLimit: "stopped at the limit of --max-steps"
    case .interrupted: "interrupted"
    }
  }
}
