/// The perturbations of inputs in adversarial training. Each is measured in the unit of raw inputs.
extension Registry where Product == AdversarialTraining {
  /// The methods. The sources of their defaults are those of ``AdversarialTraining/Method``.
  package static let adversarialMethods = Registry(
    "adversarial method", example: "`pgd: {eps: 0.1}`", style: .nextToName,
    [
      Row(
        "pgd",
        "Projected gradient descent (Madry et al., 2018): several steps that increase the loss, "
          + "inside the ball of radius eps."
      ) { options in
        let radius = radius(options)
        let steps = steps(options, default: 7)
        let size = stepSize(options, shownAs: "eps / 4")
        let isRandom = randomStart(options)
        let (norm, share) = (norm(options), share(options))
        return {
          AdversarialTraining(
            .pgd(steps: steps, stepSize: size ?? radius / 4, randomStart: isRandom),
            radius: radius, norm: norm, share: share)
        }
      },
      Row(
        "fgsm",
        "One step of size step_size (Goodfellow et al., 2015), from a random start in the ball (Wong "
          + "et al., 2020)."
      ) { options in
        let radius = radius(options)
        let size = stepSize(options, shownAs: "1.25 · eps")
        let isRandom = randomStart(options)
        let (norm, share) = (norm(options), share(options))
        return {
          AdversarialTraining(
            .fgsm(stepSize: size ?? 1.25 * radius, randomStart: isRandom), radius: radius,
            norm: norm, share: share)
        }
      },
      Row(
        "trades",
        "The loss of the clean inputs plus beta times the divergence of predictions for perturbed "
          + "inputs from those for clean ones (Zhang et al., 2019)."
      ) { options in
        let radius = radius(options)
        let beta = options.value(
          "beta", .number(.positive), default: 6, "the factor of the divergence")
        let steps = steps(options, default: 10)
        let size = stepSize(options, shownAs: "eps / 4")
        let norm = norm(options)
        return {
          AdversarialTraining(
            .trades(beta: beta, steps: steps, stepSize: size ?? radius / 4), radius: radius,
            norm: norm)
        }
      },
      Row(
        "gaussian_noise",
        "Normal noise of standard deviation sigma, as randomized smoothing needs (Cohen et al., 2019)."
      ) { options in
        let deviation = options.required(
          "sigma", .number(.positive), "the standard deviation, in the unit of raw inputs")
        let share = share(options)
        return { AdversarialTraining(.gaussianNoise, radius: deviation, norm: .l2, share: share) }
      },
    ])

  private static func radius(_ options: OptionReader) -> Double {
    options.required(
      "eps", .number(.positive),
      "the largest norm of a perturbation, in the unit of raw inputs; bytes of images count as 0…1")
  }

  private static func steps(_ options: OptionReader, default count: Int) -> Int {
    options.value(
      "steps", .integer(1...), default: count, "the number of steps of gradient ascent")
  }

  private static func stepSize(_ options: OptionReader, shownAs text: String) -> Double? {
    options.optional("step_size", .number(.positive), shownAs: text, "the size of a step")
  }

  private static func randomStart(_ options: OptionReader) -> Bool {
    options.value(
      "random_start", .bool, default: true, "whether to start at a random place in the ball")
  }

  private static func norm(_ options: OptionReader) -> PerturbationNorm {
    options.value(
      "norm", .choice(PerturbationNorm.allCases.map { ($0.rawValue, $0) }), default: .linf,
      "the norm of perturbations: `linf` is their largest element, `l2` the Euclidean norm")
  }

  private static func share(_ options: OptionReader) -> Double {
    let share = options.value(
      "share", .number(.probability), default: 1,
      "the share of the examples of each batch that are perturbed")
    options.check(share > 0, on: "share", "`share` must be above 0")
    return share
  }
}
