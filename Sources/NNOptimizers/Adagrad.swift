public import NNGraph

/// Gradients divided by the root of the sum of all past squared gradients (PyTorch's `Adagrad`).
///
/// s ← s + g²; θ ← θ − lr/(1 + (t − 1)·decay)·g/(√s + ε).
///
/// Source: Duchi, Hazan, Singer, "Adaptive subgradient methods", JMLR 2011.
public struct Adagrad: ElementwiseOptimizer {
  /// The learning rate.
  public let learningRate: Double
  /// The decay of the learning rate with the number of steps.
  public let learningRateDecay: Double
  /// The L2 penalty: the factor of the parameters that is added to the gradient.
  public let weightDecay: Double
  /// The initial sums of squares.
  public let initialAccumulatorValue: Double
  /// ε, added to the denominator.
  public let epsilon: Double
  /// Whether to maximize the loss.
  public let maximize: Bool

  /// Creates the optimizer; the defaults are PyTorch's.
  public init(
    learningRate: Double = 1e-2, learningRateDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, epsilon: Double = 1e-10, maximize: Bool = false
  ) {
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.weightDecay = weightDecay
    self.initialAccumulatorValue = initialAccumulatorValue
    self.epsilon = epsilon
    self.maximize = maximize
  }

  /// The name in config files: `adagrad`.
  public var name: String { "adagrad" }
  /// The sums of squares.
  public var slots: [OptimizerSlot] { [OptimizerSlot("sum", initial: initialAccumulatorValue)] }

  /// The decayed learning rate.
  public func scalars(step: Int, learningRate: Double) -> [Double] {
    [learningRate / (1 + Double(step - 1) * learningRateDecay)]
  }

  /// Adds one update to the graph.
  public func update(
    parameter: Value, gradient: Value, slots: [Value], scalars: [Value]
  ) -> (parameter: Value, slots: [Value]) {
    let gradient = prepared(
      gradient, parameter: parameter, maximize: maximize, weightDecay: weightDecay)
    let squares = slots[0] + gradient.square()
    return (parameter - gradient / (squares.sqrt() + epsilon) * scalars[0], [squares])
  }
}
