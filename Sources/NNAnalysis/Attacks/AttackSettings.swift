public import NNTraining

/// The options of attacks.
public struct AttackSettings: Sendable, Hashable {
  /// The norm that limits the perturbation of each example; linf by default.
  public var norm: PerturbationNorm
  /// The number of iterations of `pgd`; 40 by default, as Madry et al. (2018) and Foolbox.
  public var steps: Int
  /// The size of a step of `pgd`; nil, the default, for 4 · ε / steps, which is ε / 10 for 40 steps:
  /// an example can cross the ball twice, from any start.
  public var stepSize: Double?
  /// Whether `pgd` starts at a random place in the ball; true by default.
  public var randomStart: Bool
  /// The number of repetitions of a random attack, of which the worst counts for each example; 1 by
  /// default.
  public var restarts: Int
  /// The number of outputs that `square` may ask for; 1,000 by default.
  public var queries: Int
  /// The class that a targeted attack wants to be predicted; nil, the default, for any wrong one.
  public var target: Int?
  /// The seed of all random numbers; 1 by default.
  public var seed: UInt64

  /// Creates the options.
  public init(
    norm: PerturbationNorm = .linf, steps: Int = 40, stepSize: Double? = nil,
    randomStart: Bool = true, restarts: Int = 1, queries: Int = 1000, target: Int? = nil,
    seed: UInt64 = 1
  ) {
    self.norm = norm
    self.steps = steps
    self.stepSize = stepSize
    self.randomStart = randomStart
    self.restarts = restarts
    self.queries = queries
    self.target = target
    self.seed = seed
  }
}
