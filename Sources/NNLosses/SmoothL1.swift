public import NNCore
public import NNGraph

/// d²/(2β) where |d| < β, else |d| − β/2, with d = output − target (PyTorch's `SmoothL1Loss`).
public struct SmoothL1: ReducedLoss {
  /// β, where the loss changes from quadratic to linear; 0 is |d|.
  public let beta: Double
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(beta: Double = 1, reduction: Reduction = .mean) {
    self.beta = beta
    self.reduction = reduction
  }

  /// The name in config files: `smooth_l1`.
  public var name: String { "smooth_l1" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }
  /// Numbers.
  public var predictions: PredictionKind? { .numbers }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    guard beta >= 0 else {
      return ElementLosses(tensors[0].graph.report("loss \(name): beta \(beta) is negative"))
    }
    return pointwise(tensors) { output, target in
      let distance = (output - target).abs()
      guard beta > 0 else { return distance }
      let inside = distance.minimum(beta)
      return inside * (distance - inside * 0.5) * (1 / beta)
    }
  }
}
