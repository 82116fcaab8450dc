extension Registry where Product == Void {
  /// The losses, under PyTorch's function names without `_loss`.
  package static let losses = Registry(
    "loss", example: "`cross_entropy` or `mse`",
    [
      Row("cross_entropy") { options in
        let labelSmoothing = options.value("label_smoothing", .number(.probability), default: 0)
        let weight = options.optional("weight", .list(.number(.nonNegative)))
        let ignoreIndex = options.value("ignore_index", .wholeNumber, default: -100)
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = (labelSmoothing, weight, ignoreIndex, reduction) }
      },
      Row("nll") { options in
        let weight = options.optional("weight", .list(.number(.nonNegative)))
        let ignoreIndex = options.value("ignore_index", .wholeNumber, default: -100)
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = (weight, ignoreIndex, reduction) }
      },
      Row("mse") { options in
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = reduction }
      },
      Row("squared_error") { options in
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = reduction }
      },
      Row("l1") { options in
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = reduction }
      },
      Row("smooth_l1") { options in
        let beta = options.value("beta", .number(.nonNegative), default: 1)
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = (beta, reduction) }
      },
      Row("huber") { options in
        let delta = options.value("delta", .number(.positive), default: 1)
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = (delta, reduction) }
      },
      Row("kl_div") { options in
        let logTarget = options.value("log_target", .bool, default: false)
        let reduction = options.value(
          "reduction", .word("mean", "batchmean", "sum"), default: "mean")
        return { _ = (logTarget, reduction) }
      },
      Row("bce") { options in
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = reduction }
      },
      Row("bce_with_logits") { options in
        let positiveWeight = options.optional("pos_weight", .list(.number(.nonNegative)))
        let reduction = options.value("reduction", .reduction, default: "mean")
        return { _ = (positiveWeight, reduction) }
      },
    ])
}

extension OptionKind where Value == String {
  /// How the losses of the elements become one number; training needs one, so `none` is none.
  fileprivate static var reduction: Self { word("mean", "sum") }
}
