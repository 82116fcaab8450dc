package import NNLosses

extension Registry where Product == any Loss {
  /// The losses, with PyTorch's function names without `_loss`.
  package static let losses = Registry(
    "loss", example: "`cross_entropy` or `mse`",
    [
      Row("cross_entropy") { options in
        let labelSmoothing = options.value("label_smoothing", .number(.probability), default: 0)
        let weight = options.optional("weight", .list(.number(.nonNegative)))
        let ignoreIndex = options.value("ignore_index", .label, default: -100)
        let reduction = options.reduction()
        return {
          CrossEntropy(
            weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
            reduction: reduction)
        }
      },
      Row("nll") { options in
        let weight = options.optional("weight", .list(.number(.nonNegative)))
        let ignoreIndex = options.value("ignore_index", .label, default: -100)
        let reduction = options.reduction()
        return {
          NegativeLogLikelihood(weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
        }
      },
      Row("mse") { options in
        let reduction = options.reduction()
        return { MeanSquaredError(reduction: reduction) }
      },
      Row("squared_error") { options in
        let reduction = options.reduction()
        return { SquaredError(reduction: reduction) }
      },
      Row("l1") { options in
        let reduction = options.reduction()
        return { AbsoluteError(reduction: reduction) }
      },
      Row("smooth_l1") { options in
        let beta = options.value("beta", .number(.nonNegative), default: 1)
        let reduction = options.reduction()
        return { SmoothL1(beta: beta, reduction: reduction) }
      },
      Row("huber") { options in
        let delta = options.value("delta", .number(.positive), default: 1)
        let reduction = options.reduction()
        return { Huber(delta: delta, reduction: reduction) }
      },
      Row("kl_div") { options in
        let logTarget = options.value("log_target", .bool, default: false)
        let reduction = options.reduction()
        return { KLDivergence(logTarget: logTarget, reduction: reduction) }
      },
      Row("bce") { options in
        let weight = options.optional("weight", .list(.number(.nonNegative)))
        let reduction = options.reduction()
        return { BinaryCrossEntropy(weight: weight, reduction: reduction) }
      },
      Row("bce_with_logits") { options in
        let positiveWeight = options.optional("pos_weight", .list(.number(.nonNegative)))
        let weight = options.optional("weight", .list(.number(.nonNegative)))
        let reduction = options.reduction()
        return {
          BinaryCrossEntropyWithLogits(
            weight: weight, positiveWeight: positiveWeight, reduction: reduction)
        }
      },
    ])
}

extension OptionReader {
  /// The reduction of the element losses. Training needs a scalar, so `none` is not offered.
  fileprivate func reduction() -> Reduction {
    let offered = Reduction.allCases.filter { $0 != .none }
    return value("reduction", .choice(offered.map { ($0.rawValue, $0) }), default: .mean)
  }
}
