/// The limited-memory Broyden–Fletcher–Goldfarb–Shanno method (PyTorch's `LBFGS`).
///
/// A step runs up to `maxIterations` iterations θ ← θ + t·d. The direction d = −H·g follows from the
/// gradient g and an approximation H of the inverse Hessian, made of the last `historySize` pairs of
/// changes of θ and g (the two-loop recursion). Without a line search t is the learning rate, in the
/// first iteration of all min(1, 1/‖g‖₁)·lr; with one, the search starts there.
///
/// The method needs the same objective at every evaluation: train on all examples in one batch. It
/// updates all parameters together, so it cannot be one of several optimizers, and it moves by the
/// gradient of the loss itself, so it is incompatible with clipping.
///
/// Source: Liu, Nocedal, "On the limited memory BFGS method for large scale optimization",
/// Mathematical Programming 45, 1989; Nocedal, Wright, "Numerical optimization", algorithms 3.5, 3.6
/// and 7.4; the order of operations, tolerances and tests are those of `torch.optim.LBFGS`.
public struct LBFGS: ClosureOptimizer {
  /// How the step size is found.
  public enum LineSearch: String, Sendable, Hashable, CaseIterable {
    /// The step size is the learning rate.
    case none
    /// Brackets and zooms until the strong Wolfe conditions hold: sufficient decrease with
    /// c₁ = 10⁻⁴ and curvature with c₂ = 0.9.
    case strongWolfe = "strong_wolfe"
  }

  /// The learning rate.
  public let learningRate: Double
  /// The maximum number of iterations of a step.
  public let maxIterations: Int
  /// The maximum number of evaluations of a step.
  public let maxEvaluations: Int
  /// A step ends when no element of the gradient exceeds this in magnitude.
  public let toleranceGradient: Double
  /// A step ends when loss or parameters change by less than this.
  public let toleranceChange: Double
  /// The number of pairs of changes that are kept.
  public let historySize: Int
  /// How the step size is found.
  public let lineSearch: LineSearch
  /// Whether to maximize the loss.
  public let maximize: Bool

  /// Creates the optimizer; the defaults are PyTorch's.
  ///
  /// - Parameter maxEvaluations: Nil for 1.25 · `maxIterations`, rounded down.
  public init(
    learningRate: Double = 1, maxIterations: Int = 20, maxEvaluations: Int? = nil,
    toleranceGradient: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearch: LineSearch = .none, maximize: Bool = false
  ) {
    precondition(
      maxIterations > 0 && maxEvaluations ?? 1 > 0 && historySize > 0,
      "LBFGS needs iterations, evaluations and a history")
    self.learningRate = learningRate
    self.maxIterations = maxIterations
    self.maxEvaluations = maxEvaluations ?? maxIterations * 5 / 4
    self.toleranceGradient = toleranceGradient
    self.toleranceChange = toleranceChange
    self.historySize = historySize
    self.lineSearch = lineSearch
    self.maximize = maximize
  }

  /// The name in config files: `lbfgs`.
  public var name: String { "lbfgs" }

  /// Starts a minimization over a number of parameters.
  public func start(parameterCount: Int) -> any Minimization {
    LBFGSMinimization(self, parameterCount: parameterCount)
  }

  /// The bytes of a full history, and of the last direction and gradient.
  public func stateByteCount(parameterCount: Int) -> Int {
    LBFGSMemory.byteCount(parameterCount: parameterCount, historySize: historySize)
  }
}
