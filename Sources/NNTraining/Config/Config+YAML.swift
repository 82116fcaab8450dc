import NNCore
import NNData

extension Config {
  /// The config with every default filled in, as YAML: printed by `check` and saved in run folders.
  ///
  /// It reads back to an equal config; its keys have a fixed order.
  public var resolvedYAML: String { YAMLWriter.text(resolvedOptions) }

  /// The config with every default filled in, as named values in the order of ``resolvedYAML``.
  package var resolvedOptions: [ConfigOption] {
    func components(_ configs: [ComponentConfig]) -> ConfigValue {
      .list(configs.map(\.value))
    }
    // Only written if set, so that other runs have the same files as in earlier versions.
    let penalty = l1Penalty == 0 ? [] : [ConfigOption("l1_penalty", .number(l1Penalty))]
    let frozen =
      freeze.isEmpty ? [] : [ConfigOption("freeze", .list(freeze.map(ConfigValue.string)))]
    let batches = accumulate == 1 ? [] : [ConfigOption("accumulate", .integer(accumulate))]
    let training = [
      ConfigOption("name", .string(name)),
      ConfigOption("seed", .integer(seed)),
      ConfigOption("dtype", .string(dtype.rawValue)),
      ConfigOption("data", data.value),
      ConfigOption("model", model.networkValue),
      ConfigOption("loss", OptionKind.losses.encode(losses)),
      ConfigOption(
        "optimizer", OptimizerSection(main: optimizer, groups: optimizerGroups).value),
    ]
    let rates = [
      ConfigOption("schedule", schedule.isEmpty ? .null : components(schedule)),
      ConfigOption("clip_grad_norm", clipGradNorm.map(ConfigValue.number) ?? .null),
      ConfigOption("clip_grad_value", clipGradValue.map(ConfigValue.number) ?? .null),
    ]
    let course = [
      ConfigOption("metrics", components(metrics)),
      ConfigOption("epochs", .integer(epochs)),
      ConfigOption("early_stopping", earlyStopping?.value ?? .null),
      ConfigOption("checkpoint", checkpoint.value),
      ConfigOption("log", log.value),
    ]
    return training + frozen + batches + rates + penalty + course
  }
}

extension DataConfig {
  var value: ConfigValue {
    .mapping([
      ConfigOption("train", train.value),
      ConfigOption("validation", validation?.value ?? .null),
      ConfigOption("test", test?.value ?? .null),
      ConfigOption("batch_size", .integer(batchSize)),
      ConfigOption("shuffle", .bool(shuffle)),
      ConfigOption("drop_last", .bool(dropLast)),
      ConfigOption("normalize", normalize.value),
      ConfigOption("normalize_target", normalizeTarget.value),
    ])
  }
}

extension ValidationConfig {
  var value: ConfigValue {
    switch self {
    case .split(let fraction, let order):
      .mapping(
        [ConfigOption("split", .number(fraction))]
          + (order.map { [ConfigOption("order", .string($0.rawValue))] } ?? []))
    case .source(let source): source.value
    }
  }
}

extension NormalizationKind {
  var value: ConfigValue {
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

extension EarlyStoppingConfig {
  var value: ConfigValue {
    .mapping([
      ConfigOption("monitor", .string(monitor)),
      ConfigOption("patience", .integer(patience)),
      ConfigOption("min_delta", .number(minDelta)),
      ConfigOption("restore_best", .bool(restoreBest)),
    ])
  }
}

extension CheckpointConfig {
  var value: ConfigValue {
    .mapping([
      ConfigOption("every", every.map(ConfigValue.integer) ?? .null),
      ConfigOption("interval", .string(interval.rawValue)),
      ConfigOption("keep", .integer(keep)),
    ])
  }
}

extension LogConfig {
  var value: ConfigValue {
    .mapping([
      ConfigOption("every", .integer(every)), ConfigOption("gradients", .bool(gradients)),
      ConfigOption("tensorboard", .bool(tensorboard)),
    ])
  }
}
