/// The state of a run that resuming needs, except for tensors.
public struct TrainingProgress: Sendable, Hashable, Codable {
  /// The number of epochs done.
  public var epoch = 0
  /// The number of steps done in the current epoch.
  public var stepInEpoch = 0
  /// The total number of steps done.
  public var step = 0
  /// Σ loss · divisor over the current epoch's steps, or Σ loss if losses are summed.
  public var lossSum = 0.0
  /// Σ divisor over the current epoch's steps, where the divisor is that of the loss, such as the
  /// number of examples; 0 if losses are summed.
  public var weight = 0.0
  /// The same for each of several losses; nil for one.
  var losses: ObjectiveTotal?
  /// The number of examples in the current epoch's steps.
  public var rows = 0
  /// The training time of the current epoch so far, in seconds.
  public var seconds = 0.0
  /// The monitored figure.
  public var monitor: Monitor
  /// Whether the run has ended.
  public var isFinished = false

  /// Creates the state of a run that has not started.
  public init(monitor: Monitor) { self.monitor = monitor }

  /// The losses of the current epoch's steps.
  func losses(of objective: Objective) -> ObjectiveTotal {
    guard objective.terms.count > 1 else {
      return ObjectiveTotal([LossTotal(sum: lossSum, divisor: weight)])
    }
    let count = objective.terms.count
    return losses.flatMap { $0.parts.count == count ? $0 : nil } ?? ObjectiveTotal(count: count)
  }

  /// Replaces the losses of the current epoch's steps.
  mutating func keep(_ total: ObjectiveTotal) {
    if total.parts.count == 1 {
      (lossSum, weight) = (total.parts[0].sum, total.parts[0].divisor)
    } else {
      losses = total
    }
  }

  /// A description of an impossible value, `epoch -1`; nil if the state is possible.
  ///
  /// Counts are bounded so that a continued run cannot overflow them.
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
    if losses?.parts.contains(where: { $0.sum.isNaN || !($0.divisor >= 0 && $0.divisor.isFinite) })
      ?? false
    {
      return "losses \(losses?.parts.count ?? 0)"
    }
    if stepInEpoch > step { return "step \(step) with stepInEpoch \(stepInEpoch)" }
    if !(0...1e12).contains(seconds) { return "seconds \(seconds)" }
    if lossSum.isNaN { return "lossSum \(lossSum)" }
    if let best = monitor.best, best.isNaN { return "a best figure of \(best)" }
    return nil
  }

  /// 2⁵³: Float64 counts exactly up to it.
  private static let largestCount = 1 << 53

  /// Advances to the start of the next epoch.
  mutating func finishEpoch() {
    epoch += 1
    stepInEpoch = 0
    lossSum = 0
    weight = 0
    losses = nil
    rows = 0
    seconds = 0
  }
}
