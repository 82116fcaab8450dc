public import NNCore
public import NNGraph

/// d²/2 where |d| ≤ δ, else δ·(|d| − δ/2), with d = output − target (PyTorch's `HuberLoss`).
///
/// Source: Huber, "Robust estimation of a location parameter", 1964.
public struct Huber: Loss {
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

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss to the graph.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    guard delta > 0 else { return output.graph.report("loss \(name): delta \(delta) must be > 0") }
    return pointwise(output, target, reduction) { output, target in
      let distance = (output - target).abs()
      let inside = distance.minimum(delta)
      return inside * (distance - inside * 0.5)
    }
  }
}
