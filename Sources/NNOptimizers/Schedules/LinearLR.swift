/// base times a factor that changes linearly and then stays constant (PyTorch's `LinearLR`): a
/// warm-up by default.
public struct LinearLR: Schedule {
  /// The factor at index 0.
  public let startFactor: Double
  /// The final factor.
  public let endFactor: Double
  /// The index from which the final factor applies; positive. PyTorch's `total_iters`.
  public let duration: Int

  /// Creates the schedule.
  public init(startFactor: Double = 1.0 / 3, endFactor: Double = 1, duration: Int = 5) {
    precondition(duration > 0, "duration \(duration)")
    self.startFactor = startFactor
    self.endFactor = endFactor
    self.duration = duration
  }

  /// The name in config files: `linear_lr`.
  public var name: String { "linear_lr" }

  /// The learning rate at an index.
  public func learningRate(at index: Int, base: Double) -> Double {
    let moved = (endFactor - startFactor) * Double(min(index, duration)) / Double(duration)
    return base * (startFactor + moved)
  }

  /// PyTorch's `get_lr`.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    guard index <= duration else { return rate }
    let before = Double(duration) * startFactor + Double(index - 1) * (endFactor - startFactor)
    return rate * (1 + (endFactor - startFactor) / before)
  }
}
