import NNCore
public import NNGraph

/// The Kullback–Leibler divergence of N(μ, σ²) from N(0, 1), which keeps the latent variables of a
/// variational autoencoder near a standard normal distribution:
/// ½ Σ (μ² + σ² − 1 − ln σ²), a sum over the features and a mean over the examples.
///
/// Two outputs [N, features]: μ and ln σ²; no target.
///
/// Source: Kingma, Welling, "Auto-encoding variational Bayes", ICLR 2014.
public struct GaussianKL: ReducedLoss {
  /// The reduction of the examples' losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// The name in config files: `gaussian_kl`.
  public var name: String { "gaussian_kl" }
  /// Numbers, of which it reads none.
  public var target: TargetKind { .numbers }
  /// The mean and the logarithm of the variance.
  public var roles: [LossRole] { [.init("mean", .output), .init("log_variance", .output)] }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    let (mean, logVariance) = (tensors[0], tensors[1])
    guard mean.shape == logVariance.shape, mean.shape.rank >= 2 else {
      return ElementLosses(
        mean.graph.report(
          "loss \(name) takes two outputs [N, features], gets \(mean.shape) and "
            + "\(logVariance.shape)"))
    }
    let elements = (mean.square() + logVariance.exp() - 1 - logVariance) * 0.5
    return ElementLosses(elements.sum(axes: Array(1..<mean.shape.rank)))
  }
}
