public import NNGraph

/// t·(ln t − output) of log-probabilities: the divergence of the predicted distribution from the
/// target distribution (PyTorch's `KLDivLoss`).
///
/// The default reduction is PyTorch's `mean`, over all elements; `batchMean` is the mean divergence
/// per example. A target of 0 contributes 0.
public struct KLDivergence: ReducedLoss {
  /// Whether targets are log-probabilities, too.
  public let logTarget: Bool
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(logTarget: Bool = false, reduction: Reduction = .mean) {
    self.logTarget = logTarget
    self.reduction = reduction
  }

  /// The name in config files: `kl_div`.
  public var name: String { "kl_div" }
  /// Targets are numbers.
  public var target: TargetKind { .numbers }

  /// Outputs are log-probabilities of classes.
  public var output: OutputKind { .classLogProbabilities }
  /// Probabilities are not negative; nil (any number) for log-probabilities.
  public var targetRange: ClosedRange<Double>? { logTarget ? nil : 0...Double.infinity }

  /// Adds the losses of elements to the graph; `output` holds log-probabilities.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    pointwise(tensors) { output, target in
      guard !logTarget else { return target.exp() * (target - output) }
      // 0·ln 0 counts as 0: ln 0 is replaced by ln 1.
      let isZero = target.equals(target.graph.constant(0, dtype: target.dtype))
      return target * ((target + isZero).log() - output)
    }
  }
}
