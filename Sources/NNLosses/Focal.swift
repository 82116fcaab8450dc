import NNCore
public import NNGraph

/// −(1 − p)^γ · ln p of the target class, with p = softmax(output): cross entropy in which examples
/// that are already classified well count less.
///
/// Output [N, C] or [N, C, d₁, …]; targets are int32 labels [N] or [N, d₁, …] in 0..<C. The mean is
/// weighted by the class weights and excludes labels equal to `ignoreIndex`, as that of
/// ``CrossEntropy``, which this loss equals for γ = 0.
///
/// Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", ICCV 2017.
public struct Focal: ClassLoss {
  /// γ ≥ 0: the larger, the less certain examples count.
  public let gamma: Double
  /// A weight for each class: the paper's α.
  public let weight: [Double]?
  /// Labels with this value are ignored.
  public let ignoreIndex: Int
  /// The reduction of the losses of examples.
  public let reduction: Reduction

  /// Creates the loss; γ = 2 by default, as in the paper.
  public init(
    gamma: Double = 2, weight: [Double]? = nil, ignoreIndex: Int = -100,
    reduction: Reduction = .mean
  ) {
    self.gamma = gamma
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    self.reduction = reduction
  }

  /// The name in config files: `focal`.
  public var name: String { "focal" }
  /// Targets are class labels.
  public var target: TargetKind { .classLabels(ignoreIndex: ignoreIndex) }

  /// Outputs are class logits.
  public var output: OutputKind { .classLogits }

  /// Adds the losses of examples to the graph; `output` holds logits.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    let (output, target) = (tensors[0], tensors[1])
    if let problem = rankProblem(of: output) { return problem }
    guard gamma >= 0 else {
      return ElementLosses(output.graph.report("loss \(name): gamma \(gamma) is negative"))
    }
    let axis = ClassLikelihood.axis(of: output)
    let weights = constant(weight, like: output, axis: axis)
    if let weights, weights.isPoisoned { return ElementLosses(weights) }
    let labels = checkedLabels(target, for: output)
    guard !labels.isPoisoned else { return ElementLosses(labels) }
    let logProbabilities = output.logSoftmax(axis: axis)
    func likelihood(_ weights: Value?) -> ElementLosses {
      ClassLikelihood(weights: weights, ignoreIndex: ignoreIndex, smoothing: 0)(
        logProbabilities, labels: labels)
    }
    let crossEntropy = likelihood(nil)
    let weighted = weights == nil ? crossEntropy : likelihood(weights)
    // 1 − p without cancellation.
    let missed = -((-crossEntropy.losses).expm1())
    return ElementLosses(
      weighted.losses * missed.focus(gamma), shares: weighted.shares)
  }
}

extension Value {
  /// The factor (1 − p)^γ of focal losses, where the value is 1 − p.
  func focus(_ gamma: Double) -> Value {
    // The derivative at 0 is infinite for γ below 1, and the factor after it 0.
    maximum(1e-30).power(gamma)
  }
}
