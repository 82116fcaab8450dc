public import NNCore
public import NNGraph

/// −(w₊·t·ln σ(x) + (1 − t)·ln(1 − σ(x))) of logits x, numerically stable for large |x| (PyTorch's
/// `BCEWithLogitsLoss`).
public struct BinaryCrossEntropyWithLogits: ReducedLoss {
  /// A factor for each element along the last axis.
  public let weight: [Double]?
  /// w₊, the weight of positive targets, for each element along the last axis.
  public let positiveWeight: [Double]?
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(
    weight: [Double]? = nil, positiveWeight: [Double]? = nil, reduction: Reduction = .mean
  ) {
    self.weight = weight
    self.positiveWeight = positiveWeight
    self.reduction = reduction
  }

  /// The name in config files: `bce_with_logits`.
  public var name: String { "bce_with_logits" }
  /// Targets are numbers in 0…1.
  public var target: TargetKind { .numbers }

  /// Outputs are logits of binary labels.
  public var output: OutputKind { .binaryLogits }
  /// Binary labels.
  public var predictions: PredictionKind? { .classes }
  /// Targets lie in 0…1.
  public var targetRange: ClosedRange<Double>? { 0...1 }

  /// Adds the losses of elements to the graph; `output` holds logits.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    pointwise(tensors) { output, target in
      // −ln σ(x) = softplus(−x), and −ln(1 − σ(x)) = x + softplus(−x).
      let missed = (-output).softplus()
      let scaled =
        constant(positiveWeight, like: output, axis: -1).map {
          (1 + ($0 - 1) * target) * missed
        } ?? missed
      let losses = (1 - target) * output + scaled
      return constant(weight, like: output, axis: -1).map { losses * $0 } ?? losses
    }
  }
}
