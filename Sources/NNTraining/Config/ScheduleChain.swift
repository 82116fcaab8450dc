public import NNOptimizers

/// A learning rate schedule and what its index counts.
public struct TimedSchedule: Sendable {
  /// The schedule.
  public let schedule: any Schedule
  /// Whether it follows epochs or steps.
  public let interval: Interval

  /// Creates a schedule that follows epochs (default) or steps.
  public init(schedule: any Schedule, interval: Interval = .epoch) {
    self.schedule = schedule
    self.interval = interval
  }
}

/// Schedules in a row, each changing the rate that the one before gives: their factors multiply, as
/// with PyTorch's `ChainedScheduler`.
///
/// A warm-up is a `linear_lr` that follows steps in front of the schedule proper:
///
/// ```yaml
/// schedule:
///   - linear_lr: {start_factor: 0.01, total_iters: 500, interval: step}
///   - cosine_annealing_lr: {T_max: 10}
/// ```
public struct ScheduleChain: Sendable {
  /// The schedules in order; none for a constant rate.
  public let parts: [TimedSchedule]

  /// Creates a chain.
  public init(_ parts: [TimedSchedule]) { self.parts = parts }

  /// The rate in force.
  ///
  /// - Parameters:
  ///   - epoch: Epochs done, from 0.
  ///   - step: Steps done since training began, from 0.
  ///   - base: The optimizer's own rate.
  public func learningRate(epoch: Int, step: Int, base: Double) -> Double {
    parts.reduce(base) { rate, part in
      part.schedule.learningRate(at: part.interval == .epoch ? epoch : step, base: rate)
    }
  }
}
