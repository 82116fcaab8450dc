public import NNGraph

/// Adam: updates scaled by running moments of the gradient (PyTorch's `Adam`).
///
/// m ← m + (1 − β₁)·(g − m), v ← β₂·v + (1 − β₂)·g²,
/// θ ← θ − lr/(1 − β₁ᵗ)·m/(√v/√(1 − β₂ᵗ) + ε). AMSGrad uses the largest v so far.
///
/// Source: Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015; Reddi, Kale, Kumar,
/// "On the convergence of Adam and beyond", ICLR 2018.
public struct Adam: ElementwiseOptimizer {
  /// The options and the update shared by Adam and AdamW.
  public let rule: AdamRule

  /// Creates the optimizer; the defaults are PyTorch's.
  public init(
    learningRate: Double = 1e-3, betas: (first: Double, second: Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false
  ) {
    rule = AdamRule(
      learningRate: learningRate, firstBeta: betas.first, secondBeta: betas.second,
      epsilon: epsilon, weightDecay: weightDecay, isDecoupled: false, amsgrad: amsgrad,
      maximize: maximize)
  }

  /// The name in config files: `adam`.
  public var name: String { "adam" }
  /// The learning rate.
  public var learningRate: Double { rule.learningRate }
  /// The moments.
  public var slots: [OptimizerSlot] { rule.slots }

  /// The step size and the bias corrections of the moments.
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
