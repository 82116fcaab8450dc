/// base times a factor until `duration`, then base itself (PyTorch's `ConstantLR`).
public struct ConstantLR: Schedule {
  /// The initial factor.
  public let factor: Double
  /// The number of epochs or steps with the factor. PyTorch's `total_iters`.
  public let duration: Int

  /// Creates the schedule.
  public init(factor: Double = 1.0 / 3, duration: Int = 5) {
    self.factor = factor
    self.duration = duration
  }

  /// The name in config files: `constant_lr`.
  public var name: String { "constant_lr" }

  /// The learning rate at an index.
  public func learningRate(at index: Int, base: Double) -> Double {
    index < duration ? base * factor : base
  }

  /// PyTorch's `get_lr`; after a factor of 0, where `get_lr` would stay at 0, the base rate.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    guard index == duration else { return rate }
    return factor == 0 ? base : rate * (1 / factor)
  }
}
