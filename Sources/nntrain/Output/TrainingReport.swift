import NNCore
import NNReports
import NNTraining

/// What `train` says once a run is over, in the form that goes with the progress shown.
struct TrainingReport {
  let mode: ProgressMode
  let isQuiet: Bool
  let folder: RunFolder
  /// The kind of the training data's source.
  let source: String

  /// Says that there was nothing to do.
  func alreadyFinished(epochs: Int) throws(NNError) {
    if isQuiet { return }
    if mode == .json {
      var line = JSONLine()
      line.add("event", "already_finished")
      line.add("run_dir", folder.path)
      try Console.print(line.text)
      return
    }
    try Console.print(
      """
      the run in \(folder.path) is finished; nothing to do
        hint: --set epochs=\(2 * epochs) trains it further
      """)
  }

  /// Says where the state is and how to go on.
  func interrupted(continueWith command: String) {
    if isQuiet { return }
    Console.note(
      """
      interrupted; the state is saved in \(folder.path)
      go on with: \(command)
      """)
  }

  /// Says how good the weights are, how long it took, where they are and what to try next.
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
      try Console.print(line.text)
      return
    }
    let path = ShellText.command([folder.path])
    var lines: [String] = []
    if let test {
      let figures = test.map { "\($0.name) \(NumberText.rounded($0.value))" }
      lines.append("test: \(figures.joined(separator: ", "))")
    }
    lines += [
      "\(Self.text(outcome)) after \(NumberText.fixed(seconds, decimals: 1)) seconds",
      "run folder: \(folder.path)",
    ]
    if let report { lines.append("report: \(report)") }
    lines.append("next:")
    // Without test data there is nothing to evaluate on.
    if test != nil { lines.append("  nntrain evaluate \(path)") }
    lines.append("  nntrain " + use(path))
    try Console.print(lines.joined(separator: "\n"))
  }

  /// What a trained network of this sort of data is for.
  private func use(_ path: String) -> String {
    switch source {
    case "text": "generate \(path) --prompt TEXT"
    case "pairs": "translate \(path) --input FILE"
    case "series": "forecast \(path)"
    default: "predict \(path) --input FILE"
    }
  }

  private static func text(_ outcome: TrainingEvent.Outcome) -> String {
    switch outcome {
    case .completed: "finished"
    case .stoppedEarly: "stopped early, since the monitored figure did not improve any more,"
    case .reachedStepLimit: "stopped at the limit of --max-steps"
    case .interrupted: "interrupted"
    }
  }
}
