public import NNGraph

/// Adam with weight decay on the parameters instead of the gradient (PyTorch's `AdamW`):
/// θ ← θ·(1 − lr·weightDecay), then an update of `Adam`.
///
/// Source: Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019.
public struct AdamW: ElementwiseOptimizer {
  /// The options and the update shared by Adam and AdamW.
  public let rule: AdamRule

  /// Creates the optimizer; the defaults are PyTorch's.
  public init(
    learningRate: Double = 1e-3, betas: (first: Double, second: Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false,
    maximize: Bool = false
  ) {
    rule = AdamRule(
      learningRate: learningRate, firstBeta: betas.first, secondBeta: betas.second,
      epsilon: epsilon, weightDecay: weightDecay, isDecoupled: true, amsgrad: amsgrad,
      maximize: maximize)
  }

  /// The name in config files: `adamw`.
  public var name: String { "adamw" }
  /// The learning rate.
  public var learningRate: Double { rule.learningRate }
  /// The moments.
  public var slots: [OptimizerSlot] { rule.slots }

  /// The step size, the bias corrections of the moments and the decay.
  public func scalars(step: Int, learningRate: Double) -> [Double] {
    rule.scalars(step: step, learningRate: learningRate)
  }

  /// Adds one update to the graph.
  public func update(
    parameter: Value, gradient: Value, slots: [Value], scalars: [Value]
  ) -> (parameter: Value, slots: [Value]) {
    rule.update(parameter: parameter, gradient: gradient, slots: slots, scalars: scalars)
  }
}
