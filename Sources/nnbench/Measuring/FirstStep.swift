import NNCore

/// The time to the first finished step: building the workload and one step.
///
/// The start of the process is not included, since it cannot be measured from inside: for that,
/// time the whole command.
struct FirstStep: Encodable {
  /// The workload's name.
  let workload: String
  /// The time to create data, weights, graph, plan and session, in milliseconds.
  let buildMilliseconds: Double
  /// The time of the step, in milliseconds.
  let stepMilliseconds: Double

  private enum CodingKeys: String, CodingKey {
    case workload
    case buildMilliseconds = "build_ms"
    case stepMilliseconds = "step_ms"
  }

  /// Builds a workload and runs one step.
  init(_ workload: Workload, inferenceRows: Int?) throws(NNError) {
    let clock = ContinuousClock()
    let start = clock.now
    let run = try workload.task(.float32, inferenceRows: inferenceRows)
    let built = clock.now
    run.advance()
    self.workload = workload.label(inferenceRows: inferenceRows)
    buildMilliseconds = (start.duration(to: built) / .milliseconds(1)).rounded(toPlaces: 3)
    stepMilliseconds = (built.duration(to: clock.now) / .milliseconds(1)).rounded(toPlaces: 3)
  }

  /// A line of text for the terminal.
  var text: String {
    "\(workload): built in \(buildMilliseconds) ms, first step \(stepMilliseconds) ms"
  }
}
