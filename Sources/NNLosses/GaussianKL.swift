public import NNCore
public import NNGraph

/// The Kullback–Leibler divergence of N(μ, σ²) from N(0, 1), which keeps the latent variables of a
/// variational autoencoder near a standard normal distribution:
/// ½ Σ (μ² + σ² − 1 − ln σ²), a sum over the features and a mean over the examples.
///
/// Two outputs [N, features]: μ and ln σ²; no target.
///
/// Source: Kingma, Welling, "Auto-encoding variational Bayes", ICLR 2014.
public struct GaussianKL: TensorLoss {
  /// The reduction of the examples' losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(reduction: Reduction = .mean) { self.reduction = reduction }

  /// The name in config files: `gaussian_kl`.
  public var name: String { "gaussian_kl" }
  /// The mean and the logarithm of the variance.
  public var roles: [LossRole] { [.init("mean", .output), .init("log_variance", .output)] }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss to the graph.
  public func callAsFunction(_ tensors: [Value]) -> Value {
    if let poisoned = tensors.first(where: \.isPoisoned) { return poisoned }
    let (mean, logVariance) = (tensors[0], tensors[1])
    guard mean.shape == logVariance.shape, mean.shape.rank >= 2 else {
      return mean.graph.report(
        "loss \(name) takes two outputs [N, features], gets \(mean.shape) and "
          + "\(logVariance.shape)")
    }
    let elements = (mean.square() + logVariance.exp() - 1 - logVariance) * 0.5
    return reduction(elements.sum(axes: Array(1..<mean.shape.rank)))
  }
}
