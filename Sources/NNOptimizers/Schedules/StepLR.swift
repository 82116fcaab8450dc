/// base·γ^⌊index/stepSize⌋: decays every `stepSize` epochs or steps (PyTorch's `StepLR`).
public struct StepLR: Schedule {
  /// The number of epochs or steps between decays; positive.
  public let stepSize: Int
  /// γ, the decay factor.
  public let gamma: Double

  /// Creates the schedule.
  public init(stepSize: Int, gamma: Double = 0.1) {
    precondition(stepSize > 0, "step size \(stepSize)")
    self.stepSize = stepSize
    self.gamma = gamma
  }

  /// The name in config files: `step_lr`.
  public var name: String { "step_lr" }

  /// The learning rate at an index.
  public func learningRate(at index: Int, base: Double) -> Double {
    base * gamma.raised(to: index / stepSize)
  }

  /// PyTorch's `get_lr`.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    index % stepSize == 0 ? rate * gamma : rate
  }
}
