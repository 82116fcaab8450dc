import NNCore
import NNData
import NNLosses
import NNMetrics

extension OptionKind {
  /// A mapping with its own options; a bare value is its first option.
  static func section(
    _ name: String, placeholder: Value, encode: @escaping (Value) -> ConfigValue,
    read: @escaping (OptionReader) -> Value
  ) -> Self {
    Self(
      expectation: "a mapping", schema: .form(of: OptionReader.describe { _ = read($0) }),
      nested: OptionReader.describe { _ = read($0) }, placeholder: placeholder,
      parse: { node, place in
        let options = OptionReader(
          owner: "`\(name)`", at: node.position, node: node, context: place.context)
        let value = read(options)
        options.finish()
        return value
      }, encode: encode)
  }
}

extension OptionKind where Value == DataConfig {
  /// The section `data`. The config's seed is the default seed of generated data.
  static func data(seed: Int) -> Self {
    let standard = DataConfig(train: ComponentConfig(kind: ""))
    return section("data", placeholder: standard, encode: \.value) { options in
      var data = DataConfig(
        train: options.required(
          "train", .source(seed, .training), "the training data"
        ).config,
        validation: options.optional(
          "validation", .validation(seed: seed),
          "the validation data, measured after every epoch: a share of the training data, or a "
            + "source of its own"),
        test: options.optional(
          "test", .source(seed, .test), "the test data, measured once at the end of the run")?
          .config,
        batchSize: options.value(
          "batch_size", .integer(1...), default: standard.batchSize,
          "examples per step; the default is reduced to the number of examples if there are fewer"),
        shuffle: options.value(
          "shuffle", .bool, default: standard.shuffle,
          "whether the training examples are shuffled in every epoch"),
        dropLast: options.value(
          "drop_last", .bool, default: standard.dropLast,
          "whether a last batch smaller than `batch_size` is dropped"),
        normalize: options.value(
          "normalize", .normalize, default: standard.normalize,
          "normalization of the inputs, fitted to the training data and saved with the model: "
            + "`standard` subtracts the mean and divides by the standard deviation, `min_max` "
            + "scales to 0…1"),
        normalizeTarget: options.value(
          "normalize_target", .normalizationWord, default: standard.normalizeTarget,
          "normalization of numeric targets; predictions and metrics stay in the unit of the data"))
      data.adaptsBatchSize = !options.isGiven("batch_size")
      return data
    }
  }
}

extension OptionKind where Value == Component<DataSource> {
  /// A data source for one part of a run.
  fileprivate static func source(_ seed: Int, _ part: DataPart) -> Self {
    component(of: .sources).within { context in
      context.seed = seed
      context.part = part
    }
  }
}

extension OptionKind where Value == Component<ConfiguredMetric> {
  /// A metric of a network, whose loss and last layer determine the meaning of outputs and labels.
  static func metric(with losses: [LossConfig], of model: [LayerConfig]) -> Self {
    component(of: .metrics).within { context, node in
      // Of the loss that reads the same output.
      let output = node.entries?.first?.value["output"]?.scalar?.text
      let loss = (losses.first { $0.tensor(.output) == output } ?? losses[0]).component
      let kind = (try? Registry.losses.build(loss))?.output ?? .numbers
      context.output = kind.computed(by: model, output: output)
      if case .integer(let label) = loss["ignore_index"] { context.ignoreIndex = label }
    }
  }
}

extension OptionKind where Value == ValidationConfig {
  /// `{split: 0.1}`, the fraction alone, or a data source.
  fileprivate static func validation(seed: Int) -> Self {
    let split = section("validation", placeholder: .split(0.1), encode: \.value) { options in
      .split(
        options.required(
          "split", .number(.betweenZeroAndOne),
          "the share of the training data that is held out; stratified by class"),
        order: options.optional(
          "order", .choice(SplitOrder.allCases.map { ($0.rawValue, $0) }),
          shownAs: "`time` for overlapping windows of a series, else `random`",
          "which examples are held out: `random` ones or, with `time`, the last ones"))
    }
    let source = OptionKind<Component<DataSource>>.source(seed, .validation)
    return Self(
      expectation: "`{split: 0.1}` or \(source.expectation)",
      schema: .either(split.schema(), source.schema()), nested: split.nested(),
      placeholder: .split(0.1),
      parse: { node, place in
        let isSplit: Bool =
          switch node.scalar?.value {
          case .integer, .number: true
          default: node["split"] != nil
          }
        return isSplit
          ? split.parse(node, place) : source.parse(node, place).map { .source($0.config) }
      }, encode: \.value)
  }
}

extension OptionKind where Value == NormalizationKind {
  /// `none`, `standard` or `min_max`.
  fileprivate static var normalizationWord: Self {
    choice([("none", .none), ("standard", .standard), ("min_max", .minMax)])
  }

  /// `none`, `standard`, `min_max` or `{mean: …, std: …}`.
  fileprivate static var normalize: Self {
    let word = normalizationWord
    let given = section("normalize", placeholder: NormalizationKind.none, encode: \.value) {
      options in
      let mean = options.required(
        "mean", .list(.number()), "the mean to subtract: one number, or one per channel")
      let std = options.required(
        "std", .list(.number(.positive)),
        "the standard deviation to divide by: one number, or one per channel")
      options.check(
        mean.count == std.count, on: "std",
        "`mean` has \(mean.count) numbers and `std` has \(std.count)")
      return .given(mean: mean, standardDeviation: std)
    }
    return Self(
      expectation: "\(word.expectation), or {mean: …, std: …}",
      schema: .either(word.schema(), .null, given.schema()), nested: given.nested(),
      placeholder: .none,
      parse: { node, place in
        if node.isNull { return NormalizationKind.none }
        return node.entries == nil ? word.parse(node, place) : given.parse(node, place)
      }, encode: \.value)
  }
}

extension OptionKind where Value == EarlyStoppingConfig {
  /// The section `early_stopping`.
  static var earlyStopping: Self {
    let standard = EarlyStoppingConfig()
    return section("early_stopping", placeholder: standard, encode: \.value) { options in
      EarlyStoppingConfig(
        monitor: options.value(
          "monitor", .text("a figure's name"), default: standard.monitor,
          "the column of metrics.csv to monitor: `val_loss`, `train_loss` or a metric, such as "
            + "`val_accuracy`"),
        patience: options.value(
          "patience", .integer(0...), default: standard.patience,
          "the number of epochs without improvement after which training stops"),
        minDelta: options.value(
          "min_delta", .number(.nonNegative), default: standard.minDelta,
          "the minimum change that counts as an improvement"),
        restoreBest: options.value(
          "restore_best", .bool, default: standard.restoreBest,
          "whether the weights of the best epoch are restored at the end"))
    }
  }
}

extension OptionKind where Value == Interval {
  /// `epoch` or `step`.
  static var interval: Self { choice([("epoch", .epoch), ("step", .step)]) }
}

extension OptionKind where Value == CheckpointConfig {
  /// The section `checkpoint`.
  static var checkpoint: Self {
    let standard = CheckpointConfig()
    return section("checkpoint", placeholder: standard, encode: \.value) { options in
      CheckpointConfig(
        every: options.optional(
          "every", .integer(1...),
          "the number of intervals between checkpoints; null: every epoch that ends at least a "
            + "second after the last checkpoint, or every step"),
        interval: options.value(
          "interval", .interval, default: standard.interval, "the unit of `every`"),
        keep: options.value(
          "keep", .integer(1...), default: standard.keep, "the number of checkpoints to keep"))
    }
  }
}

extension OptionKind where Value == LogConfig {
  /// The section `log`.
  static var log: Self {
    let standard = LogConfig()
    return section("log", placeholder: standard, encode: \.value) { options in
      LogConfig(
        every: options.value(
          "every", .integer(1...), default: standard.every,
          "the number of steps between rows of steps.csv"),
        gradients: options.value(
          "gradients", .bool, default: standard.gradients,
          "whether gradient norms by layer and time step are written to gradients.csv"),
        tensorboard: options.value(
          "tensorboard", .bool, default: standard.tensorboard,
          "whether event files for TensorBoard are written"))
    }
  }
}
