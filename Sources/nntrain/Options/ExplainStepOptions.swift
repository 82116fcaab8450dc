import ArgumentParser
import NNAnalysis
import NNCore
import NNReports
import NNTraining

/// `--explain-step`: single steps of a run, number by number.
struct ExplainStepOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Explain a step of the run, or the steps from the first to the last: every sum, activation, \
      derivative, gradient and update, as text and in explained-steps.html in the run folder. \
      Networks that are not a chain of dense layers, or have more than 200 parameters, are \
      summarized by layer.
      """, valueName: "step[:last]"))
  var explainStep: String?

  func validate() throws { _ = try steps }

  /// The steps to explain, counted from 1; nil for none.
  private var steps: ClosedRange<Int>? {
    get throws {
      guard let explainStep else { return nil }
      let parts = explainStep.split(separator: ":", omittingEmptySubsequences: false).map {
        Int($0)
      }
      guard parts.count <= 2, let first = parts[0], let last = parts[parts.count - 1] else {
        throw ValidationError(
          "--explain-step is \(explainStep), expected a step such as 1, or a range such as 1:3")
      }
      guard first >= 1, last >= first else {
        throw ValidationError(
          "--explain-step is \(explainStep); steps are counted from 1, and the last is not before the "
            + "first")
      }
      guard last - first < StepExplainer.largestCount else {
        throw ValidationError(
          "--explain-step \(explainStep) asks for \(last - first + 1) steps, expected at most "
            + "\(StepExplainer.largestCount)")
      }
      return first...last
    }
  }

  /// Checks that the steps of a config can be explained, if that is requested.
  ///
  /// - Throws: `NNError` that names the setting that prevents it.
  func check(_ config: Config) throws {
    guard explainStep != nil else { return }
    try TrainingRun.requireTraceableSteps(config)
  }

  /// An observer of a run that writes the page of its steps; nil unless it is requested.
  func explainer(for config: Config, in folder: RunFolder) throws -> StepExplainer? {
    guard let steps = try steps else { return nil }
    return StepExplainer(steps) { (explainer) throws(NNError) in
      try TextbookPage.write(
        explainer.explanations, of: config.name, to: folder.explainedSteps)
    }
  }

  /// Shows the explained steps after a run, and names their page.
  ///
  /// - Returns: A warning if the run ended before the last of them or had passed the first.
  /// - Throws: `NNError` when standard output cannot be written.
  func report(
    _ explainer: StepExplainer?, in folder: RunFolder, mode: ProgressMode
  ) throws(NNError) -> [String] {
    guard let explainer else { return [] }
    let steps = explainer.explanations
    if mode == .json {
      var line = JSONLine()
      line.add("event", "explained")
      line.add("steps", steps.map(\.step))
      if !steps.isEmpty { line.add("page", folder.explainedSteps) }
      try Console.print(line.text, mayBeUnread: true)
    } else if !steps.isEmpty {
      let writer = TextbookText(width: Console.width)
      let texts = steps.map { writer.text($0) } + ["explained steps: \(folder.explainedSteps)"]
      try Console.print(texts.joined(separator: "\n\n"), mayBeUnread: true)
    }
    guard steps.count < explainer.steps.count else { return [] }
    let missing = explainer.steps.filter { step in !steps.contains { $0.step == step } }
    return [
      "\(missing.count == 1 ? "step" : "steps") "
        + missing.map(String.init).joined(separator: ", ") + " of --explain-step "
        + "\(missing.count == 1 ? "was" : "were") not trained by this command, and "
        + "\(missing.count == 1 ? "is" : "are") not explained"
    ]
  }
}
