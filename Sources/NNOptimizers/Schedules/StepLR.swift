/// base·γ^⌊index/stepSize⌋: falls by a factor every so often (PyTorch's `StepLR`).
public struct StepLR: Schedule {
  /// How long each rate lasts; positive.
  public let stepSize: Int
  /// γ, the factor from one rate to the next.
  public let gamma: Double

  /// Creates the schedule.
  public init(stepSize: Int, gamma: Double = 0.1) {
    precondition(stepSize > 0, "step size \(stepSize)")
    self.stepSize = stepSize
    self.gamma = gamma
  }

  /// `step_lr`
  public var name: String { "step_lr" }

  /// The rate in force.
  public func learningRate(at index: Int, base: Double) -> Double {
    base * gamma.raised(to: index / stepSize)
  }

  /// PyTorch's `get_lr`.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    index % stepSize == 0 ? rate * gamma : rate
  }
}
