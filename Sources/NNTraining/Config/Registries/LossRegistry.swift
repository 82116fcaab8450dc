package import NNLosses

extension Registry where Product == any Loss {
  /// The losses, with PyTorch's function names without `_loss`.
  package static let losses = Registry(
    "loss", example: "`cross_entropy` or `mse`",
    [
      Row(
        "cross_entropy",
        "−ln softmax(output) of the target class, as `nn.CrossEntropyLoss`. The "
          + "network's last layer outputs logits, without a softmax."
      ) { options in
        let labelSmoothing = options.value(
          "label_smoothing", .number(.probability), default: 0,
          "ε: the target becomes (1 − ε)·target + ε/classes")
        let weight = options.classWeights()
        let ignoreIndex = options.value(
          "ignore_index", .label, default: -100, "a label that does not count")
        let reduction = options.reduction()
        return {
          CrossEntropy(
            weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
            reduction: reduction)
        }
      },
      Row(
        "nll", "−output of the target class, as `nn.NLLLoss`. The network ends with `log_softmax`."
      ) { options in
        let weight = options.classWeights()
        let ignoreIndex = options.value(
          "ignore_index", .label, default: -100, "a label that does not count")
        let reduction = options.reduction()
        return {
          NegativeLogLikelihood(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
        }
      },
      Row(
        "focal",
        "−(1 − p)^gamma · ln p of the target class, with p = softmax(output): cross entropy in which "
          + "well classified examples count less. The network's last layer outputs logits."
      ) { options in
        let gamma = options.value(
          "gamma", .number(.nonNegative), default: 2,
          "the larger, the less well classified examples count; 0: cross entropy")
        let weight = options.classWeights()
        let ignoreIndex = options.value(
          "ignore_index", .label, default: -100, "a label that does not count")
        let reduction = options.reduction()
        return {
          Focal(gamma: gamma, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
        }
      },
      Row("mse", "(output − target)², as `nn.MSELoss`.") { options in
        let reduction = options.reduction()
        return { MeanSquaredError(reduction: reduction) }
      },
      Row("squared_error", "½·(output − target)², the error of the classical delta rule.") {
        options in
        let reduction = options.reduction()
        return { SquaredError(reduction: reduction) }
      },
      Row("l1", "|output − target|, as `nn.L1Loss`.") { options in
        let reduction = options.reduction()
        return { AbsoluteError(reduction: reduction) }
      },
      Row(
        "smooth_l1",
        "d²/(2·beta) where |d| < beta, else |d| − beta/2, with d = output − target, as "
          + "`nn.SmoothL1Loss`."
      ) { options in
        let beta = options.value(
          "beta", .number(.nonNegative), default: 1, "the error at which the loss becomes linear")
        let reduction = options.reduction()
        return { SmoothL1(beta: beta, reduction: reduction) }
      },
      Row(
        "huber",
        "d²/2 where |d| ≤ delta, else delta·(|d| − delta/2), with d = output − target, "
          + "as `nn.HuberLoss`."
      ) { options in
        let delta = options.value(
          "delta", .number(.positive), default: 1, "the error at which the loss becomes linear")
        let reduction = options.reduction()
        return { Huber(delta: delta, reduction: reduction) }
      },
      Row(
        "quantile",
        "max(q·d, (q − 1)·d) with d = target − output, for each level q: the pinball loss. The network "
          + "has an output for each target and level: those of the first target first."
      ) { options in
        let levels = options.value(
          "quantiles", .list(.number(.betweenZeroAndOne)), default: QuantileLevels.standard,
          "the levels of the quantiles, ascending")
        options.check(
          QuantileLevels(levels) != nil, on: "quantiles",
          "levels must ascend: \(levels.map { "\($0)" }.joined(separator: ", "))")
        let reduction = options.reduction()
        return { Quantile(levels: levels, reduction: reduction) }
      },
      Row(
        "kl_div",
        "t·(ln t − output) of log-probabilities, as `nn.KLDivLoss`. The network ends "
          + "with `log_softmax`."
      ) { options in
        let logTarget = options.value(
          "log_target", .bool, default: false, "whether targets are log-probabilities, too")
        let reduction = options.reduction()
        return { KLDivergence(logTarget: logTarget, reduction: reduction) }
      },
      Row(
        "bce",
        "−(t·ln p + (1 − t)·ln(1 − p)) of probabilities p, as `nn.BCELoss`. The network "
          + "ends with `sigmoid`."
      ) { options in
        let weight = options.optional(
          "weight", .list(.number(.nonNegative)), "the weight of each output; null: 1")
        let reduction = options.reduction()
        return { BinaryCrossEntropy(weight: weight, reduction: reduction) }
      },
      Row(
        "bce_with_logits",
        "`bce` of σ(output), computed stably from logits, as `nn.BCEWithLogitsLoss`."
      ) { options in
        let positiveWeight = options.optional(
          "pos_weight", .list(.number(.nonNegative)),
          "the weight of positive targets, one per output; null: 1")
        let weight = options.optional(
          "weight", .list(.number(.nonNegative)), "the weight of each output; null: 1")
        let reduction = options.reduction()
        return {
          BinaryCrossEntropyWithLogits(
            weight: weight, positiveWeight: positiveWeight, reduction: reduction)
        }
      },
      Row(
        "sigmoid_focal",
        "`bce_with_logits` in which well classified labels count less, as torchvision's "
          + "`sigmoid_focal_loss`."
      ) { options in
        let alpha = options.optional(
          "alpha", .number(.probability), default: 0.25,
          "the weight of positive targets, of which negative ones have the rest to 1; null: 1 each")
        let gamma = options.value(
          "gamma", .number(.nonNegative), default: 2,
          "the larger, the less well classified labels count")
        let reduction = options.reduction()
        return { SigmoidFocal(alpha: alpha, gamma: gamma, reduction: reduction) }
      },
      Row(
        "triplet_margin",
        "max(d(anchor, positive) − d(anchor, negative) + margin, 0), as `nn.TripletMarginLoss`. "
          + "Three outputs, no target."
      ) { options in
        let margin = options.value(
          "margin", .number(.nonNegative), default: 1,
          "the difference of distances from which on a triplet has no loss")
        let order = options.value("p", .number(.positive), default: 2, "the order of the norm")
        let epsilon = options.value(
          "eps", .number(.nonNegative), default: 1e-6, "is added to differences")
        let swap = options.value(
          "swap", .bool, default: false,
          "whether d(positive, negative) counts where it is the smaller distance")
        let reduction = options.reduction()
        return {
          TripletMargin(
            margin: margin, order: order, epsilon: epsilon, swap: swap, reduction: reduction)
        }
      },
      Row(
        "gaussian_kl",
        "½ Σ (μ² + σ² − 1 − ln σ²): the divergence of N(μ, σ²) from N(0, 1), of variational "
          + "autoencoders. Two outputs, no target."
      ) { options in
        let reduction = options.reduction()
        return { GaussianKL(reduction: reduction) }
      },
    ])
}

extension OptionReader {
  /// The weights of classes: `weight`, or `class_weight`, which the training data turn into `weight`
  /// (``Config/weightingClasses(of:)``).
  fileprivate func classWeights() -> [Double]? {
    let weight = optional(
      "weight", .list(.number(.nonNegative)), "the weight of each class in order; null: 1")
    let named = given(
      ClassWeighting.key, .classWeighting,
      "the weights of classes by name, 1 for the others, or `balanced`: n/(classes · count) of the "
        + "training rows")
    check(
      named == nil || weight == nil, on: ClassWeighting.key,
      "`weight` holds the weights already; leave one of them out")
    return weight
  }

  /// The reduction of the element losses. Training needs a scalar, so `none` is not offered.
  fileprivate func reduction() -> Reduction {
    let offered = Reduction.allCases.filter { $0 != .none }
    return value(
      "reduction", .choice(offered.map { ($0.rawValue, $0) }), default: .mean,
      "how the losses of elements become one number: `mean` and `sum` over all of them, "
        + "`batchmean` divides the sum by the number of examples")
  }
}
