public import NNGraph

/// Stochastic gradient descent with momentum (PyTorch's `SGD`).
///
/// b ← momentum·b + (1 − dampening)·g, in the first step b ← g; then θ ← θ − lr·b, with Nesterov's
/// variant θ ← θ − lr·(g + momentum·b). Without momentum θ ← θ − lr·g.
public struct SGD: Optimizer {
  /// The learning rate.
  public let learningRate: Double
  /// How much of the last direction stays.
  public let momentum: Double
  /// How much of the new gradient is left out of the direction.
  public let dampening: Double
  /// The factor of the parameters in the gradient (L2 penalty).
  public let weightDecay: Double
  /// Whether the gradient looks ahead along the direction.
  public let nesterov: Bool
  /// Whether the loss grows instead of falling.
  public let maximize: Bool

  /// Creates the rule; there is no default learning rate, as in PyTorch's first versions.
  public init(
    learningRate: Double, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
    nesterov: Bool = false, maximize: Bool = false
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.weightDecay = weightDecay
    self.nesterov = nesterov
    self.maximize = maximize
  }

  /// `sgd`
  public var name: String { "sgd" }
  /// The direction, where there is momentum.
  public var slots: [OptimizerSlot] {
    momentum == 0 ? [] : [OptimizerSlot("momentum_buffer")]
  }

  /// The learning rate, and with momentum the gradient's share in the direction.
  public func scalars(step: Int, learningRate: Double) -> [Double] {
    momentum == 0 ? [learningRate] : [learningRate, step == 1 ? 1 : 1 - dampening]
  }

  /// Adds one step.
  public func update(
    parameter: Value, gradient: Value, slots: [Value], scalars: [Value]
  ) -> (parameter: Value, slots: [Value]) {
    let gradient = prepared(
      gradient, parameter: parameter, maximize: maximize, weightDecay: weightDecay)
    guard momentum != 0 else { return (parameter - gradient * scalars[0], []) }
    let direction = slots[0] * momentum + gradient * scalars[1]
    let step = nesterov ? gradient + direction * momentum : direction
    return (parameter - step * scalars[0], [direction])
  }
}
