/// Measures how long each instruction of a session takes.
package final class RunTimes {
  /// One instruction of the plan.
  package struct Entry {
    /// The path of its layer, as in error messages; empty for none.
    package let path: String
    /// The instruction as one line of text.
    package let line: String
    /// Multiply–accumulates of one run.
    package let multiplyAdds: Int
    /// The total over all runs.
    package fileprivate(set) var duration = Duration.zero
  }

  /// The instructions in order; the copies into variables at the end of a run count as one.
  package private(set) var entries: [Entry]
  /// Runs since the start, or since `reset()`.
  package private(set) var runs = 0
  private let isTrace: Bool

  /// - Parameters:
  ///   - plan: The plan to measure.
  ///   - isTrace: Whether to print the times when the session ends.
  init(_ plan: Plan, isTrace: Bool) {
    self.isTrace = isTrace
    entries = plan.memory.steps.map { step in
      Entry(
        path: step.path, line: plan.line(step),
        multiplyAdds: step.op.multiplyAdds(
          inputs: step.inputs.map(plan.graph.type), outputs: step.outputs.map(plan.graph.type)))
    }
    entries.append(Entry(path: "", line: "copies into variables", multiplyAdds: 0))
  }

  /// Runs `work` and adds its duration to an instruction.
  func measure(_ step: Int, _ work: () -> Void) {
    entries[step].duration += ContinuousClock().measure(work)
  }

  /// Counts a run.
  func finishRun() { runs += 1 }

  /// Discards all measurements, such as those of warm-up runs.
  package func reset() {
    runs = 0
    for index in entries.indices { entries[index].duration = .zero }
  }

  /// The time of one layer.
  package struct LayerTime: Hashable {
    /// The layer's path, as in error messages; empty for instructions of no layer.
    package let path: String
    /// Seconds per run, on average.
    package let seconds: Double
    /// Multiply–accumulates of one run.
    package let multiplyAdds: Int
  }

  /// The times by layer, in order of execution. An op that is fused into an instruction of an
  /// earlier layer, such as the activation after a matrix product, counts for that layer.
  package var layers: [LayerTime] {
    var order: [String] = []
    var sums: [String: (duration: Duration, multiplyAdds: Int)] = [:]
    for entry in entries {
      if sums[entry.path] == nil { order.append(entry.path) }
      sums[entry.path, default: (.zero, 0)].duration += entry.duration
      sums[entry.path, default: (.zero, 0)].multiplyAdds += entry.multiplyAdds
    }
    return order.compactMap { path in
      sums[path].map { sum in
        LayerTime(
          path: path, seconds: sum.duration / .seconds(1) / Double(max(1, runs)),
          multiplyAdds: sum.multiplyAdds)
      }
    }
  }

  deinit {
    let total = entries.reduce(.zero) { $0 + $1.duration }
    guard isTrace, runs > 0, total > .zero else { return }
    func line(_ duration: Duration, _ text: String) -> String {
      let share = (1000 * (duration / total)).rounded() / 10
      return "  \(share) % \(microseconds(duration)) µs  \(text)\n"
    }
    var text = "\(runs) runs of \(microseconds(total)) µs\n"
    for step in entries.indices.sorted(by: { entries[$0].duration > entries[$1].duration }) {
      text += line(entries[step].duration, "\(step) \(entries[step].line)")
    }
    text += "by layer:\n"
    for layer in layers.sorted(by: { $0.seconds > $1.seconds }) {
      text += line(
        .seconds(layer.seconds * Double(runs)), layer.path.isEmpty ? "no layer" : layer.path)
    }
    Trace.print(text)
  }

  private func microseconds(_ duration: Duration) -> Double {
    (duration / runs / .microseconds(1) * 100).rounded() / 100
  }
}
