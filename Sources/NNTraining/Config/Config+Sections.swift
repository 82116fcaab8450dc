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
    section(
      "data", DataConfig(train: ComponentConfig(kind: "")),
      [
        .required("train", \.train, { _ in .source(seed, .training) }, "the training data"),
        .optional(
          "validation", \.validation, .heldOut(.validation, from: .source(seed, .validation)),
          "the validation data, measured after every epoch: a share of the training data, or a "
            + "source of its own"),
        .optional(
          "test", \.test, .heldOut(.test, from: .source(seed, .test)),
          "the test data, measured once at the end of the run: a share of the training source, or a "
            + "source of its own"),
        .given(
          "subset", \.subset, .subset,
          "the share of the training rows that is used, with every class in proportion; by default "
            + "all"),
        .value(
          "batch_size", \.batchSize, .integer(1...),
          "examples per step; the default is reduced to the number of examples if there are fewer"),
        .value(
          "shuffle", \.shuffle, .bool, "whether the training examples are shuffled in every epoch"),
        .given(
          "shuffle_window", \.shuffleWindow, .integer(2...),
          "the number of examples that are shuffled together: blocks of neighbours in a random order, "
            + "so that a file of `stream: true` is read in blocks; by default all"),
        .value(
          "drop_last", \.dropLast, .bool,
          "whether a last batch smaller than `batch_size` is dropped"),
        .value(
          "normalize", \.normalize, .normalize,
          "normalization of the inputs, fitted to the training data and saved with the model: "
            + "`standard` subtracts the mean and divides by the standard deviation, `min_max` "
            + "scales to 0…1"),
        .value(
          "normalize_target", \.normalizeTarget, .normalizationWord,
          "normalization of numeric targets; predictions and metrics stay in the unit of the data"),
        .given(
          "augment", \.augment,
          .list(.options(.component(of: .augmentations)), count: 0...Int.max), omitting: [],
          "random changes of the training examples, in order, other ones in every epoch; none for "
            + "other data"),
        .given(
          "sampler", \.sampler, .sampler,
          "draws the rows of an epoch with replacement, in proportion to the weights of their "
            + "classes (as `class_weight`) or, with `weighted`, of the rows; by default each row once"
        ),
      ]
    ) { data, options in
      data.adaptsBatchSize = !options.isGiven("batch_size")
      options.check(
        data.sampler == nil || data.shuffle, on: "shuffle",
        "the sampler draws rows at random; leave `shuffle` out")
      options.check(
        data.shuffleWindow == nil || data.shuffle && data.sampler == nil, on: "shuffle_window",
        data.sampler == nil
          ? "with shuffle: false no examples are shuffled; leave `shuffle_window` out"
          : "the sampler draws rows from all data; leave `shuffle_window` out")
    }
  }
}

extension OptionKind where Value == ComponentConfig {
  /// A data source for one part of a run.
  fileprivate static func source(_ seed: Int, _ part: DataPart) -> Self {
    options(
      .component(of: .sources).within { context in
        context.seed = seed
        context.part = part
      })
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
    section(
      "early_stopping", EarlyStoppingConfig(),
      [
        .value(
          "monitor", \.monitor, .text("a figure's name"),
          "the column of metrics.csv to monitor: `val_loss`, `train_loss` or a metric, such as "
            + "`val_accuracy`"),
        .value(
          "patience", \.patience, .integer(0...),
          "the number of epochs without improvement after which training stops"),
        .value(
          "min_delta", \.minDelta, .number(.nonNegative),
          "the minimum change that counts as an improvement"),
        .value(
          "restore_best", \.restoreBest, .bool,
          "whether the weights of the best epoch are restored at the end"),
      ])
  }
}

extension OptionKind where Value == Interval {
  /// `epoch` or `step`.
  static var interval: Self { choice([("epoch", .epoch), ("step", .step)]) }
}

extension OptionKind where Value == CheckpointConfig {
  /// The section `checkpoint`.
  static var checkpoint: Self {
    section(
      "checkpoint", CheckpointConfig(),
      [
        .optional(
          "every", \.every, .integer(1...),
          "the number of intervals between checkpoints; null: every epoch that ends at least a "
            + "second after the last checkpoint, or every step"),
        .value("interval", \.interval, .interval, "the unit of `every`"),
        .value("keep", \.keep, .integer(1...), "the number of checkpoints to keep"),
      ]
    ) { checkpoint, _ in
      checkpoint = CheckpointConfig(
        every: checkpoint.every, interval: checkpoint.interval, keep: checkpoint.keep)
    }
  }
}

extension OptionKind where Value == LogConfig {
  /// The section `log`.
  static var log: Self {
    section(
      "log", LogConfig(),
      [
        .value("every", \.every, .integer(1...), "the number of steps between rows of steps.csv"),
        .value(
          "gradients", \.gradients, .bool,
          "whether gradient norms by layer and time step are written to gradients.csv"),
        .value(
          "tensorboard", \.tensorboard, .bool, "whether event files for TensorBoard are written"),
      ])
  }
}

extension NormalizationKind {
  /// The normalization as written in the resolved config.
  fileprivate var value: ConfigValue {
    switch self {
    case .none: .string("none")
    case .standard: .string("standard")
    case .minMax: .string("min_max")
    case .given(let mean, let std):
      .mapping([
        ConfigOption("mean", .list(mean.map(ConfigValue.number))),
        ConfigOption("std", .list(std.map(ConfigValue.number))),
      ])
    }
  }
}
