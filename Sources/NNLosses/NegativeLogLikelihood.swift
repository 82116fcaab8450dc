import NNCore
public import NNGraph

/// −output of the target class (PyTorch's `NLLLoss`); output holds log-probabilities.
///
/// Output [N, C] or [N, C, d₁, …]; targets are int32 labels [N] or [N, d₁, …] in 0..<C. The mean is
/// weighted by the class weights and excludes labels equal to `ignoreIndex`.
public struct NegativeLogLikelihood: ClassLoss {
  /// A weight for each class.
  public let weight: [Double]?
  /// Labels with this value are ignored.
  public let ignoreIndex: Int
  /// The reduction of the losses of examples.
  public let reduction: Reduction

  /// Creates the loss; the defaults are PyTorch's.
  public init(
    weight: [Double]? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean
  ) {
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    self.reduction = reduction
  }

  /// The name in config files: `nll`.
  public var name: String { "nll" }
  /// Targets are class labels.
  public var target: TargetKind { .classLabels(ignoreIndex: ignoreIndex) }

  /// Outputs are log-probabilities of classes.
  public var output: OutputKind { .classLogProbabilities }

  /// Adds the losses of examples to the graph; `output` holds log-probabilities.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    let (output, target) = (tensors[0], tensors[1])
    if let problem = rankProblem(of: output) { return problem }
    let weights = constant(weight, like: output, axis: ClassLikelihood.axis(of: output))
    if let weights, weights.isPoisoned { return ElementLosses(weights) }
    let labels = checkedLabels(target, for: output)
    guard !labels.isPoisoned else { return ElementLosses(labels) }
    let likelihood = ClassLikelihood(
      weights: weights, ignoreIndex: ignoreIndex, smoothing: 0)
    return likelihood(output, labels: labels)
  }
}
