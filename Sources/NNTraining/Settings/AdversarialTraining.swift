/// Training on perturbed inputs, so that a network withstands such perturbations.
///
/// Radii are in the unit of raw inputs, before normalisation, and bytes of images count as 0…1. The
/// perturbed inputs stay in the range of the training data; those of `gaussianNoise` do not.
public struct AdversarialTraining: Sendable, Hashable {
  /// How inputs are perturbed.
  public enum Method: Sendable, Hashable {
    /// Projected gradient descent: `steps` steps of gradient ascent on the loss inside the ball.
    ///
    /// Source: Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards deep learning models resistant to
    /// adversarial attacks", ICLR 2018.
    case pgd(steps: Int, stepSize: Double, randomStart: Bool)
    /// One step: the fast gradient sign method.
    ///
    /// Source: Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", ICLR
    /// 2015; with a random start: Wong, Rice, Kolter, "Fast is better than free", ICLR 2020.
    case fgsm(stepSize: Double, randomStart: Bool)
    /// The loss of the clean inputs plus β times the divergence of the predictions for perturbed
    /// inputs from those for clean ones, which the perturbation increases. Clean and perturbed
    /// examples are one batch, whose statistics batch normalization uses.
    ///
    /// Source: Zhang, Yu, Jiao, Xing, El Ghaoui, Jordan, "Theoretically principled trade-off between
    /// robustness and accuracy", ICML 2019.
    case trades(beta: Double, steps: Int, stepSize: Double)
    /// Gaussian noise, for which `radius` is the standard deviation; what randomized smoothing
    /// needs.
    case gaussianNoise
  }

  /// How inputs are perturbed.
  public var method: Method
  /// ε, the largest norm of a perturbation.
  public var radius: Double
  /// The norm; linf by default.
  public var norm: PerturbationNorm
  /// The share of the examples of each batch that are perturbed, the first ones; 1 by default.
  public var share: Double

  /// Creates the options.
  public init(
    _ method: Method, radius: Double, norm: PerturbationNorm = .linf, share: Double = 1
  ) {
    self.method = method
    self.radius = radius
    self.norm = norm
    self.share = share
  }

  /// The factor of the divergence in the loss of TRADES; nil for other methods.
  var divergenceFactor: Double? {
    if case .trades(let beta, _, _) = method { beta } else { nil }
  }
}
