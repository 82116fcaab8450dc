/// base·γ^(milestones reached): decays at given indices (PyTorch's `MultiStepLR`).
public struct MultiStepLR: Schedule {
  /// The indices at which the rate decays; one listed twice counts twice.
  public let milestones: [Int]
  /// γ, the decay factor.
  public let gamma: Double

  /// Creates the schedule.
  public init(milestones: [Int], gamma: Double = 0.1) {
    self.milestones = milestones
    self.gamma = gamma
  }

  /// The name in config files: `multi_step_lr`.
  public var name: String { "multi_step_lr" }

  /// The learning rate at an index.
  public func learningRate(at index: Int, base: Double) -> Double {
    base * gamma.raised(to: milestones.count { $0 <= index })
  }

  /// PyTorch's `get_lr`.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    rate * gamma.raised(to: milestones.count { $0 == index })
  }
}
