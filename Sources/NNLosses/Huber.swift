public import NNCore
public import NNGraph

/// d²/2 where |d| ≤ δ, else δ·(|d| − δ/2), with d = output − target (PyTorch's `HuberLoss`).
///
/// Source: Huber, "Robust estimation of a location parameter", 1964.
public struct Huber: Loss {
  /// δ, where the parabola ends; positive.
  public let delta: Double
  /// What becomes of the losses of single elements.
  public let reduction: Reduction

  /// Creates the loss.
  public init(delta: Double = 1, reduction: Reduction = .mean) {
    self.delta = delta
    self.reduction = reduction
  }

  /// `huber`
  public var name: String { "huber" }
  /// Numbers.
  public var target: TargetKind { .numbers }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    guard delta > 0 else { return output.graph.report("loss \(name): delta \(delta) must be > 0") }
    return pointwise(output, target, reduction) { output, target in
      let distance = (output - target).abs()
      let inside = distance.minimum(delta)
      return inside * (distance - inside * 0.5)
    }
  }
}
