public import NNCore
public import NNGraph

/// d²/(2β) where |d| < β, else |d| − β/2, with d = output − target (PyTorch's `SmoothL1Loss`).
public struct SmoothL1: Loss {
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

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss to the graph.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    guard beta >= 0 else { return output.graph.report("loss \(name): beta \(beta) is negative") }
    return pointwise(output, target, reduction) { output, target in
      let distance = (output - target).abs()
      guard beta > 0 else { return distance }
      let inside = distance.minimum(beta)
      return inside * (distance - inside * 0.5) * (1 / beta)
    }
  }
}
