/// How long each instruction of a session took, printed when the session ends.
final class RunTimes {
  private let lines: [String]
  private var durations: [Duration]
  private var runs = 0

  /// - Parameter plan: Whose instructions are timed; the copies that end it count as one.
  init(_ plan: Plan) {
    lines = plan.memory.steps.map(plan.line) + ["copies into variables"]
    durations = lines.map { _ in .zero }
  }

  /// Runs `work` on account of an instruction.
  func measure(_ step: Int, _ work: () -> Void) {
    durations[step] += ContinuousClock().measure(work)
  }

  /// Counts a run.
  func finishRun() { runs += 1 }

  deinit {
    let total = durations.reduce(.zero, +)
    guard runs > 0, total > .zero else { return }
    var text = "\(runs) runs of \(microseconds(total)) µs\n"
    for step in durations.indices.sorted(by: { durations[$0] > durations[$1] }) {
      let share = (1000 * (durations[step] / total)).rounded() / 10
      text += "  \(share) % \(microseconds(durations[step])) µs  \(step) \(lines[step])\n"
    }
    Trace.print(text)
  }

  private func microseconds(_ duration: Duration) -> Double {
    (duration / runs / .microseconds(1) * 100).rounded() / 100
  }
}
