import NNCore
public import NNGraph

/// −ln softmax(output) of the target class (PyTorch's `CrossEntropyLoss`); output holds logits.
///
/// Output [N, C] or [N, C, d₁, …]. Targets are int32 labels [N] or [N, d₁, …] in 0..<C, or
/// class distributions of the output's shape. With label smoothing ε a target is
/// (1 − ε)·target + ε/C. The mean over labels is weighted by the class weights and excludes labels
/// equal to `ignoreIndex`; the mean over distributions divides by their number.
public struct CrossEntropy: ClassLoss {
  /// A weight for each class.
  public let weight: [Double]?
  /// Labels with this value are ignored.
  public let ignoreIndex: Int
  /// ε, 0…1.
  public let labelSmoothing: Double
  /// The reduction of the losses of examples.
  public let reduction: Reduction

  /// Creates the loss; the defaults are PyTorch's.
  public init(
    weight: [Double]? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
    reduction: Reduction = .mean
  ) {
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    self.labelSmoothing = labelSmoothing
    self.reduction = reduction
  }

  /// The name in config files: `cross_entropy`.
  public var name: String { "cross_entropy" }
  /// Targets are class labels or distributions.
  public var target: TargetKind { .classLabelsOrDistributions(ignoreIndex: ignoreIndex) }

  /// Outputs are class logits.
  public var output: OutputKind { .classLogits }

  /// Adds the losses of examples to the graph; `output` holds logits.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    let (output, target) = (tensors[0], tensors[1])
    if let problem = rankProblem(of: output) { return problem }
    guard (0...1).contains(labelSmoothing) else {
      return ElementLosses(
        output.graph.report("loss \(name): label smoothing \(labelSmoothing) is not in 0…1"))
    }
    let axis = ClassLikelihood.axis(of: output)
    let weights = constant(weight, like: output, axis: axis)
    if let weights, weights.isPoisoned { return ElementLosses(weights) }
    let likelihood = ClassLikelihood(
      weights: weights, ignoreIndex: ignoreIndex, smoothing: labelSmoothing)
    if target.dtype.isFloatingPoint {
      return pointwise(tensors) { output, target in
        likelihood(output.logSoftmax(axis: axis), distributions: target)
      }
    }
    let labels = checkedLabels(target, for: output)
    guard !labels.isPoisoned else { return ElementLosses(labels) }
    return likelihood(output.logSoftmax(axis: axis), labels: labels)
  }
}
