/// How long each instruction of a session takes.
package final class RunTimes {
  /// One instruction of the plan.
  package struct Entry {
    /// The layer that it comes from, as errors name it; empty for none.
    package let path: String
    /// The instruction in a line.
    package let line: String
    /// Products that it sums.
    package let multiplyAdds: Int
    /// All runs together.
    package fileprivate(set) var duration = Duration.zero
  }

  /// The instructions in their order; the copies that end a run count as one.
  package private(set) var entries: [Entry]
  /// Runs since the start, or since `reset()`.
  package private(set) var runs = 0
  private let isTrace: Bool

  /// - Parameters:
  ///   - plan: Whose instructions are timed.
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

  /// Runs `work` on account of an instruction.
  func measure(_ step: Int, _ work: () -> Void) {
    entries[step].duration += ContinuousClock().measure(work)
  }

  /// Counts a run.
  func finishRun() { runs += 1 }

  /// Forgets all runs, as those that fill caches.
  package func reset() {
    runs = 0
    for index in entries.indices { entries[index].duration = .zero }
  }

  /// What one layer takes.
  package struct LayerTime: Hashable {
    /// The layer as errors name it; empty for instructions of no layer.
    package let path: String
    /// The mean of a run.
    package let seconds: Double
    /// Products summed in a run.
    package let multiplyAdds: Int
  }

  /// The same by layers, in the order in which they first compute. What is joined with a layer before,
  /// as an activation behind a product, counts there.
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
    text += "by layers:\n"
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
