public import NNCore
public import NNGraph

/// −α_t·(1 − p_t)^γ·ln p_t of independent binary labels t, with p = σ(output),
/// p_t = p·t + (1 − p)·(1 − t) and α_t = α·t + (1 − α)·(1 − t) (torchvision's
/// `sigmoid_focal_loss`).
///
/// Targets have the output's shape and are in 0…1; as in torchvision, the logarithm is that of
/// ``BinaryCrossEntropyWithLogits``, which the loss equals for γ = 0 without α.
///
/// Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", ICCV 2017.
public struct SigmoidFocal: ReducedLoss {
  /// α in 0…1, the weight of positive targets; negative ones have 1 − α. Nil for 1 each.
  public let alpha: Double?
  /// γ ≥ 0: the larger, the less certain labels count.
  public let gamma: Double
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss; α and γ are torchvision's defaults.
  public init(alpha: Double? = 0.25, gamma: Double = 2, reduction: Reduction = .mean) {
    self.alpha = alpha
    self.gamma = gamma
    self.reduction = reduction
  }

  /// The name in config files: `sigmoid_focal`.
  public var name: String { "sigmoid_focal" }
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
    guard gamma >= 0 else {
      return ElementLosses(tensors[0].graph.report("loss \(name): gamma \(gamma) is negative"))
    }
    if let alpha, !(0...1).contains(alpha) {
      return ElementLosses(tensors[0].graph.report("loss \(name): alpha \(alpha) is not in 0…1"))
    }
    return pointwise(tensors) { output, target in
      let crossEntropy = (1 - target) * output + (-output).softplus()
      // 1 − p_t without cancellation.
      let missed = (1 - target) * output.sigmoid() + target * (-output).sigmoid()
      let losses = crossEntropy * missed.focus(gamma)
      return alpha.map { losses * ($0 * target + (1 - $0) * (1 - target)) } ?? losses
    }
  }
}
