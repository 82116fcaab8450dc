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
      expectation: "a mapping", placeholder: placeholder,
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
          "train", .source(seed, .training)
        ).config,
        validation: options.optional("validation", .validation(seed: seed)),
        test: options.optional(
          "test", .source(seed, .test))?.config,
        batchSize: options.value("batch_size", .integer(1...), default: standard.batchSize),
        shuffle: options.value("shuffle", .bool, default: standard.shuffle),
        dropLast: options.value("drop_last", .bool, default: standard.dropLast),
        normalize: options.value("normalize", .normalize, default: standard.normalize),
        normalizeTarget: options.value(
          "normalize_target", .normalizationWord, default: standard.normalizeTarget))
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
  static func metric(with loss: ComponentConfig, of model: [LayerConfig]) -> Self {
    component(of: .metrics).within { context in
      let output = (try? Registry.losses.build(loss))?.output ?? .numbers
      context.output = output.computed(by: model)
      if case .integer(let label) = loss["ignore_index"] { context.ignoreIndex = label }
    }
  }
}

extension OptionKind where Value == ValidationConfig {
  /// `{split: 0.1}`, the fraction alone, or a data source.
  fileprivate static func validation(seed: Int) -> Self {
    let fraction = OptionKind<Double>.number(.betweenZeroAndOne)
    let source = OptionKind<Component<DataSource>>.source(seed, .validation)
    return Self(
      expectation: "`{split: 0.1}` or \(source.expectation)", placeholder: .split(0.1),
      parse: { node, place in
        let isSplit: Bool =
          switch node.scalar?.value {
          case .integer, .number: true
          default: node["split"] != nil
          }
        guard isSplit else {
          return source.parse(node, place).map { .source($0.config) }
        }
        let options = OptionReader(
          owner: "`validation`", at: node.position, node: node, context: place.context)
        let split = options.required("split", fraction)
        let order = options.optional(
          "order", .choice(SplitOrder.allCases.map { ($0.rawValue, $0) }))
        options.finish()
        return .split(split, order: order)
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
    return Self(
      expectation: "\(word.expectation), or {mean: …, std: …}", placeholder: .none,
      parse: { node, place in
        if node.isNull { return NormalizationKind.none }
        guard node.entries != nil else { return word.parse(node, place) }
        let options = OptionReader(
          owner: "`normalize`", at: node.position, node: node, context: place.context)
        let mean = options.required("mean", .list(.number()))
        let std = options.required("std", .list(.number(.positive)))
        options.check(
          mean.count == std.count, on: "std",
          "`mean` has \(mean.count) numbers and `std` has \(std.count)")
        options.finish()
        return .given(mean: mean, standardDeviation: std)
      }, encode: \.value)
  }
}

extension OptionKind where Value == EarlyStoppingConfig {
  /// The section `early_stopping`.
  static var earlyStopping: Self {
    let standard = EarlyStoppingConfig()
    return section("early_stopping", placeholder: standard, encode: \.value) { options in
      EarlyStoppingConfig(
        monitor: options.value("monitor", .text("a figure's name"), default: standard.monitor),
        patience: options.value("patience", .integer(0...), default: standard.patience),
        minDelta: options.value("min_delta", .number(.nonNegative), default: standard.minDelta),
        restoreBest: options.value("restore_best", .bool, default: standard.restoreBest))
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
        every: options.optional("every", .integer(1...)),
        interval: options.value("interval", .interval, default: standard.interval),
        keep: options.value("keep", .integer(1...), default: standard.keep))
    }
  }
}

extension OptionKind where Value == LogConfig {
  /// The section `log`.
  static var log: Self {
    let standard = LogConfig()
    return section("log", placeholder: standard, encode: \.value) { options in
      LogConfig(
        every: options.value("every", .integer(1...), default: standard.every),
        gradients: options.value("gradients", .bool, default: standard.gradients),
        tensorboard: options.value("tensorboard", .bool, default: standard.tensorboard))
    }
  }
}
