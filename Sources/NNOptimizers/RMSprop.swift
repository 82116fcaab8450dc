public import NNGraph

/// Gradients divided by their running root mean square (PyTorch's `RMSprop`).
///
/// v ← α·v + (1 − α)·g²; θ ← θ − lr·g/(√v + ε). Centred: √(v − m²) with the running mean m of the
/// gradient. With momentum the quotient goes into b ← momentum·b + quotient, and θ ← θ − lr·b.
///
/// Source: Hinton, "Neural networks for machine learning", lecture 6e, 2012; the centred variant:
/// Graves, "Generating sequences with recurrent neural networks", 2013.
public struct RMSprop: ElementwiseOptimizer {
  /// The learning rate.
  public let learningRate: Double
  /// α, the decay rate of the running mean square.
  public let alpha: Double
  /// ε, added to the denominator.
  public let epsilon: Double
  /// The L2 penalty: the factor of the parameters that is added to the gradient.
  public let weightDecay: Double
  /// Momentum: the share of the previous update that is kept.
  public let momentum: Double
  /// Whether the running mean of the gradient is subtracted.
  public let centered: Bool
  /// Whether to maximize the loss.
  public let maximize: Bool

  /// Creates the optimizer; the defaults are PyTorch's.
  public init(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false
  ) {
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentum = momentum
    self.centered = centered
    self.maximize = maximize
  }

  /// The name in config files: `rmsprop`.
  public var name: String { "rmsprop" }
  /// The running mean square, the running mean if centred, the momentum buffer if there is
  /// momentum.
  public var slots: [OptimizerSlot] {
    [OptimizerSlot("square_avg")] + (centered ? [OptimizerSlot("grad_avg")] : [])
      + (momentum > 0 ? [OptimizerSlot("momentum_buffer")] : [])
  }

  /// The learning rate.
  public func scalars(step: Int, learningRate: Double) -> [Double] { [learningRate] }

  /// Adds one update to the graph.
  public func update(
    parameter: Value, gradient: Value, slots: [Value], scalars: [Value]
  ) -> (parameter: Value, slots: [Value]) {
    let gradient = prepared(
      gradient, parameter: parameter, maximize: maximize, weightDecay: weightDecay)
    let squares = slots[0] * alpha + gradient.square() * (1 - alpha)
    var after = [squares]
    var spread = squares
    if centered {
      let mean = slots[1] + (gradient - slots[1]) * (1 - alpha)
      after.append(mean)
      // Rounding may make a variance near 0 negative.
      spread = (squares - mean.square()).maximum(0)
    }
    var direction = gradient / (spread.sqrt() + epsilon)
    if momentum > 0, let last = slots.last {
      direction = last * momentum + direction
      after.append(direction)
    }
    return (parameter - direction * scalars[0], after)
  }
}
