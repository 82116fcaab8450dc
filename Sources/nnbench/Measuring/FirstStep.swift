import NNCore

/// What stands between the start of a process and its first finished step: building and one step.
///
/// The process's own start, which cannot be seen from inside, adds to it: time the whole command.
struct FirstStep: Encodable {
  /// The workload's name.
  let workload: String
  /// Making data, weights, graph, plan and session, in milliseconds.
  let buildMilliseconds: Double
  /// The step, in milliseconds.
  let stepMilliseconds: Double

  private enum CodingKeys: String, CodingKey {
    case workload
    case buildMilliseconds = "build_ms"
    case stepMilliseconds = "step_ms"
  }

  /// Builds a workload and takes one step.
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

  /// A line for people.
  var text: String {
    "\(workload): built in \(buildMilliseconds) ms, first step \(stepMilliseconds) ms"
  }
}
