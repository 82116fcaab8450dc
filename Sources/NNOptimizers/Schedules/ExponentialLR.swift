/// base·γ^index (PyTorch's `ExponentialLR`).
public struct ExponentialLR: Schedule {
  /// γ, the factor from one index to the next.
  public let gamma: Double

  /// Creates the schedule.
  public init(gamma: Double) { self.gamma = gamma }

  /// The name in config files: `exponential_lr`.
  public var name: String { "exponential_lr" }

  /// The learning rate at an index.
  public func learningRate(at index: Int, base: Double) -> Double {
    base * gamma.raised(to: index)
  }

  /// PyTorch's `get_lr`.
  public func learningRate(after rate: Double, at index: Int, base: Double) -> Double {
    rate * gamma
  }
}
