public import NNCore
public import NNGraph

/// t·(ln t − output) of log-probabilities: how far the target distribution is from the predicted one
/// (PyTorch's `KLDivLoss`).
///
/// The default reduction is PyTorch's `mean`, over all elements; `batchMean` gives the mean divergence
/// of an example. A target of 0 adds 0.
public struct KLDivergence: Loss {
  /// Whether targets are log-probabilities too.
  public let logTarget: Bool
  /// What becomes of the losses of single elements.
  public let reduction: Reduction

  /// Creates the loss.
  public init(logTarget: Bool = false, reduction: Reduction = .mean) {
    self.logTarget = logTarget
    self.reduction = reduction
  }

  /// `kl_div`
  public var name: String { "kl_div" }
  /// Numbers.
  public var target: TargetKind { .numbers }

  /// Log-probabilities of classes.
  public var output: OutputKind { .classLogProbabilities }
  /// Probabilities are not negative; any number where targets are log-probabilities.
  public var targetRange: ClosedRange<Double>? { logTarget ? nil : 0...Double.infinity }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss; `output` holds log-probabilities.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    pointwise(output, target, reduction) { output, target in
      guard !logTarget else { return target.exp() * (target - output) }
      // 0·ln 0 counts as 0: the logarithm of 1 stands in for that of 0.
      let isZero = target.equals(target.graph.constant(0, dtype: target.dtype))
      return target * ((target + isZero).log() - output)
    }
  }
}
