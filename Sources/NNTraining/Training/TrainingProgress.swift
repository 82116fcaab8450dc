/// Where a run stands: everything beside tensors that resuming needs.
public struct TrainingProgress: Sendable, Hashable, Codable {
  /// Epochs done.
  public var epoch = 0
  /// Steps done in the current epoch.
  public var stepInEpoch = 0
  /// Steps done in all.
  public var step = 0
  /// Σ loss · divisor over the current epoch's steps, or Σ loss where losses add up.
  public var lossSum = 0.0
  /// Σ divisor of the current epoch's steps: what the loss divides its sums by, as the number of
  /// examples; 0 where losses add up.
  public var weight = 0.0
  /// Rows of the current epoch's steps.
  public var rows = 0
  /// Seconds of the current epoch so far.
  public var seconds = 0.0
  /// The monitored figure.
  public var monitor: Monitor
  /// The run's end, once it has come.
  public var isFinished = false

  /// A run that has not begun.
  public init(monitor: Monitor) { self.monitor = monitor }

  /// What no run can come to, where something is so: `epoch -1`; nil for a state that may be.
  ///
  /// Counts are bounded so that a run that goes on cannot overflow them.
  var fault: String? {
    let counts = [
      ("epoch", epoch), ("stepInEpoch", stepInEpoch), ("step", step), ("rows", rows),
      ("bestEpoch", monitor.bestEpoch),
      ("epochsWithoutImprovement", monitor.epochsWithoutImprovement),
    ]
    if let (name, count) = counts.first(where: { !(0...Self.largestCount).contains($0.1) }) {
      return "\(name) \(count)"
    }
    if !(weight >= 0 && weight.isFinite) { return "weight \(weight)" }
    if stepInEpoch > step { return "step \(step) with stepInEpoch \(stepInEpoch)" }
    if !(0...1e12).contains(seconds) { return "seconds \(seconds)" }
    if lossSum.isNaN { return "lossSum \(lossSum)" }
    if let best = monitor.best, best.isNaN { return "a best figure of \(best)" }
    return nil
  }

  /// 2⁵³: up to there Float64 counts exactly, too.
  private static let largestCount = 1 << 53

  /// Goes to the start of the next epoch.
  mutating func finishEpoch() {
    epoch += 1
    stepInEpoch = 0
    lossSum = 0
    weight = 0
    rows = 0
    seconds = 0
  }
}
