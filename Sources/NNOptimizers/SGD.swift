public import NNGraph

/// Stochastic gradient descent with momentum (PyTorch's `SGD`).
///
/// b ← momentum·b + (1 − dampening)·g, in the first step b ← g; then θ ← θ − lr·b, with Nesterov
/// momentum θ ← θ − lr·(g + momentum·b). Without momentum θ ← θ − lr·g.
public struct SGD: ElementwiseOptimizer {
  /// The learning rate.
  public let learningRate: Double
  /// Momentum: the share of the previous update that is kept.
  public let momentum: Double
  /// Dampening: the share of the new gradient that is left out of the momentum buffer.
  public let dampening: Double
  /// The L2 penalty: the factor of the parameters that is added to the gradient.
  public let weightDecay: Double
  /// Whether to use Nesterov momentum.
  public let nesterov: Bool
  /// Whether to maximize the loss.
  public let maximize: Bool

  /// Creates the optimizer; there is no default learning rate, as in PyTorch's first versions.
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

  /// The name in config files: `sgd`.
  public var name: String { "sgd" }
  /// The momentum buffer, if there is momentum.
  public var slots: [OptimizerSlot] {
    momentum == 0 ? [] : [OptimizerSlot("momentum_buffer")]
  }

  /// The learning rate, and with momentum the factor of the gradient in the momentum buffer.
  public func scalars(step: Int, learningRate: Double) -> [Double] {
    momentum == 0 ? [learningRate] : [learningRate, step == 1 ? 1 : 1 - dampening]
  }

  /// Adds one update to the graph.
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
