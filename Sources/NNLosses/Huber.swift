public import NNCore
public import NNGraph

/// d²/2 where |d| ≤ δ, else δ·(|d| − δ/2), with d = output − target (PyTorch's `HuberLoss`).
///
/// Source: Huber, "Robust estimation of a location parameter", 1964.
public struct Huber: ReducedLoss {
  /// δ, where the loss changes from quadratic to linear; positive.
  public let delta: Double
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(delta: Double = 1, reduction: Reduction = .mean) {
    self.delta = delta
    self.reduction = reduction
  }

  /// The name in config files: `huber`.
  public var name: String { "huber" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }
  /// Numbers.
  public var predictions: PredictionKind? { .numbers }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    guard delta > 0 else {
      return ElementLosses(tensors[0].graph.report("loss \(name): delta \(delta) must be > 0"))
    }
    return pointwise(tensors) { output, target in
      let distance = (output - target).abs()
      let inside = distance.minimum(delta)
      return inside * (distance - inside * 0.5)
    }
  }
}
