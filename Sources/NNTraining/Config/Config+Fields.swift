import NNCore

extension Config {
  /// The top-level keys, in their order.
  static var fields: [ConfigField<Config>] { whatIsTrained + howItIsTrained }

  private static var whatIsTrained: [ConfigField<Config>] {
    [
      .value(
        "name", \.name, { _, context in context.isRecorded ? .text() : .fileName },
        shownAs: "the file's name without extension",
        "the name of the run, with which its folder's name begins"),
      .value(
        "seed", \.seed, .seed,
        "the seed of all random numbers: initial weights, order of examples, dropout, splits, "
          + "generated data"),
      .value(
        "dtype", \.dtype, .choice([("float32", .float32), ("float64", .float64)]),
        "the type of parameters and computations"),
      .required(
        "data", \.data, { .data(seed: $0.seed) }, "the data sources and how they are batched"),
      .required(
        "model", \.model,
        { _ in .keeping(.network, as: { $0.map(\.config) }, writing: \.networkValue) },
        "the network: its layers in order, or for other networks the options of `graph`"),
      .required(
        "loss", \.losses, { _ in .losses },
        "the function of output and target that is minimized, or a list whose weighted sum is"),
      .required(
        "optimizer", \.updates, { _ in .optimizer },
        "the rule that updates parameters from their gradients; `groups` next to it change it for some"
      ),
      .given(
        "freeze", \.freeze, .list(.parameterPattern, count: 0...Int.max), omitting: [],
        "patterns of the names of parameters that are not trained, such as `trunk.*`"),
      .given(
        "accumulate", \.accumulate, .integer(1...), omitting: 1,
        "the number of batches of an update, which follows the gradient of their mean loss; "
          + "by default 1"),
    ]
  }

  private static var howItIsTrained: [ConfigField<Config>] {
    [
      .value(
        "schedule", \.schedule,
        .keeping(
          OptionKind.list(.options(.component(of: .schedules))).orNull, as: { $0 ?? [] },
          writing: { $0.isEmpty ? .null : .list($0.map(\.value)) }),
        "the learning-rate schedule, or a list of schedules that are chained; null: a constant rate"
      ),
      .optional(
        "clip_grad_norm", \.clipGradNorm, .number(.positive),
        "the maximum L2 norm of all gradients together; larger gradients are scaled down "
          + "(`clip_grad_norm_`)"),
      .optional(
        "clip_grad_value", \.clipGradValue, .number(.positive),
        "the maximum absolute value of each gradient element, applied after `clip_grad_norm`"),
      .value(
        "l1_penalty", \.l1Penalty,
        .keeping(
          OptionKind.number(.nonNegative).orNull, as: { $0 ?? 0 },
          writing: { $0 == 0 ? .null : .number($0) }),
        "the factor λ of the penalty λ · Σ|θ| over all parameters, whose gradient is added after "
          + "clipping; reported losses exclude it"
          // So that other runs have the same files as in earlier versions.
      ).written(if: { $0.l1Penalty != 0 }),
      .optional(
        "adversarial", \.adversarial, .options(.component(of: .adversarialMethods)),
        "training on perturbed inputs, which a network then withstands; null: clean inputs"
      ).written(if: { $0.adversarial != nil }),
      .value(
        "metrics", \.metrics,
        { config, _ in
          .list(.options(.metric(with: config.losses, of: config.model)), count: 0...Int.max)
        }, "the metrics, measured on training, validation and test data"),
      .value(
        "epochs", \.epochs, .integer(1..., atMost: OptionBound.epochs),
        "the number of passes over the training data"),
      .optional(
        "early_stopping", \.earlyStopping, .earlyStopping,
        "when to stop before the last epoch; null: never"),
      .value("checkpoint", \.checkpoint, .checkpoint, "when the state of a run is saved"),
      .value(
        "log", \.log, .log,
        "how often rows of steps.csv are written, and which other files"),
      .given(
        "search", \.search, .search,
        "the values that `nntrain search` varies, and how; a training ignores it"),
      .given(
        "cross_validate", \.crossValidate, .crossValidation,
        "the folds that `nntrain cross-validate` trains; a training ignores them unless `fold` is set"
      ),
    ]
  }

  /// The section `optimizer`.
  private var updates: OptimizerSection {
    get { OptimizerSection(main: optimizer, groups: optimizerGroups) }
    set { (optimizer, optimizerGroups) = (newValue.main, newValue.groups) }
  }
}
