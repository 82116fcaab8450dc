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
