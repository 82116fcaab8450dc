/// base times a factor for a while, then base itself (PyTorch's `ConstantLR`).
public struct ConstantLR: Schedule {
  /// The factor in the beginning.
  public let factor: Double
  /// The index from which the base rate holds. PyTorch's `total_iters`.
  public let duration: Int

  /// Creates the schedule.
  public init(factor: Double = 1.0 / 3, duration: Int = 5) {
    self.factor = factor
    self.duration = duration
  }

  /// `constant_lr`
  public var name: String { "constant_lr" }

  /// The rate in force.
  public func learningRate(at index: Int, base: Double) -> Double {
    index < duration ? base * factor : base
  }

  /// PyTorch's `get_lr`; from a factor of 0, which that cannot leave, the base rate.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    guard index == duration else { return rate }
    return factor == 0 ? base : rate * (1 / factor)
  }
}
