public import NNCore
public import NNData
public import NNLayers
public import NNLosses
public import NNMetrics
public import NNOptimizers

/// Builds the parts of a config. None of these throws for a config that was read from YAML; a
/// config created by a program may contain options that no component accepts.
extension Config {
  /// The network.
  ///
  /// - Throws: `NNError` for options that the layers do not accept.
  public func makeModel() throws(NNError) -> Model {
    let layers = try OptionKind.layers.resolved(.list(model.map(\.value)), as: "model")
    // Names of parameters start with those of the graph's entries.
    if model.count == 1, model[0].isNetwork, let network = layers.first {
      return Model(network.build())
    }
    return Model(layers.map { $0.build() })
  }

  /// The main loss.
  ///
  /// - Throws: `NNError` for options that the loss does not accept.
  public func makeLoss() throws(NNError) -> any Loss { try Registry.losses.build(loss) }

  /// The metrics of the network's outputs, in order and empty.
  ///
  /// - Parameter dataset: The data to measure on; needed for bits per character.
  /// - Throws: `NNError` for options that a metric does not accept.
  public func makeMetrics(for dataset: Dataset? = nil) throws(NNError) -> [any Metric] {
    var made: [any Metric] = []
    for metric in metrics {
      if let built = try makeMetric(metric, for: dataset) { made.append(built) }
    }
    return made
  }

  /// A metric of the run by its name (`accuracy`, `top_5`), or any metric as in a config:
  /// `{top_k: 3}`.
  ///
  /// - Parameters:
  ///   - text: The name, or the entry of a config.
  ///   - dataset: The data to measure on; needed for bits per character.
  /// - Throws: `NNError` if the text is no metric that is one number, or one that is incompatible
  ///   with the run's losses.
  public func metric(
    from text: String, for dataset: Dataset? = nil
  ) throws(NNError) -> any Metric {
    if let own = metrics.first(where: { $0.figure == text }),
      let made = try makeMetric(own, for: dataset)
    {
      return made
    }
    let place = "metric \(text)"
    let problems = ConfigProblems()
    let node = try ConfigNode(yaml: text, source: place)
    let component = OptionKind.metric(with: losses, of: model)
      .parse(node, OptionPlace(name: "metric", context: ReadingContext(problems: problems)))
    try problems.throwIfAny(in: place)
    guard let metric = component?.config else { throw .invalid("names no metric", at: place) }
    if let reason = mismatch(of: metric) { throw .invalid(reason.message, hint: reason.hint) }
    guard let made = try makeMetric(metric, for: dataset), !made.isTable else {
      throw .invalid(
        "the metric `\(metric.kind)` is not one number of the network's outputs",
        hint: "name another metric, or `loss`")
    }
    return made
  }

  /// A metric of the network's outputs; nil for one that is measured by translating.
  private func makeMetric(
    _ metric: ComponentConfig, for dataset: Dataset?
  ) throws(NNError) -> (any Metric)? {
    let kind = OptionKind.metric(with: losses, of: model)
    guard case .output(let built) = try kind.resolved(metric.value, as: "metric").build() else {
      return nil
    }
    let sized = try sized(built, for: dataset)
    let (output, target) = metric.tensors
    return output == nil && target == nil
      ? sized : TensorMetric(sized, output: output, target: target)
  }

  /// A metric with the average length of the data's tokens, if it counts characters.
  private func sized(_ metric: any Metric, for dataset: Dataset?) throws(NNError) -> any Metric {
    guard let likelihood = metric as? TokenLikelihood,
      case .bitsPerCharacter = likelihood.figure, let dataset
    else { return metric }
    guard let characters = dataset.charactersPerToken else {
      throw .invalid(
        "`bits_per_character` counts the characters of a text, but these data are not text",
        at: dataset.name, hint: "use bits_per_token or perplexity")
    }
    return TokenLikelihood(
      .bitsPerCharacter(charactersPerToken: characters), ignoreIndex: likelihood.ignoreIndex)
  }

  /// The metrics that are measured by translating, in order and empty.
  ///
  /// - Throws: `NNError` for options that a metric does not accept.
  public func makeTranslationScores() throws(NNError) -> [TranslationScore] {
    var scores: [TranslationScore] = []
    for metric in metrics {
      if case .translation(let score) = try Registry.metrics.build(metric) { scores.append(score) }
    }
    return scores
  }

  /// The learning-rate schedules as one.
  ///
  /// - Parameter steps: The number of steps of the run, which a schedule over the whole run needs.
  /// - Throws: `NNError` for options that a schedule does not accept.
  public func makeSchedule(steps: Int? = nil) throws(NNError) -> ScheduleChain {
    var parts: [TimedSchedule] = []
    for part in schedule {
      let timed = try Registry.schedules.build(part)
      if let whole = timed.schedule as? any RunLengthSchedule, whole.duration == nil,
        let length = timed.interval == .epoch ? epochs : steps
      {
        parts.append(
          TimedSchedule(schedule: whole.lasting(max(2, length)), interval: timed.interval))
      } else {
        parts.append(timed)
      }
    }
    return ScheduleChain(parts)
  }

  /// Gradient clipping, in order: by norm, then by value.
  public func makeGradientClipping() -> [GradientClipping] {
    [
      clipGradNorm.map { .norm(maximum: $0) },
      clipGradValue.map { .value(limit: $0) },
    ].compactMap { $0 }
  }

  /// The monitor of the figure by which epochs are compared.
  package func makeMonitor() -> Monitor {
    Monitor(
      figure: monitor, prefersHigher: monitorIncreases,
      minimumChange: earlyStopping?.minDelta ?? 0, patience: earlyStopping?.patience)
  }

  /// Whether a run saves the weights of its best epoch rather than the last.
  package func keepsBestWeights(hasValidation: Bool) -> Bool {
    earlyStopping.map(\.restoreBest) ?? hasValidation
  }

  /// The source of the training data.
  ///
  /// - Throws: `NNError` for options that the source does not accept.
  public func makeTrainSource() throws(NNError) -> DataSource {
    try Registry.sources.build(data.train)
  }

  /// The source of the validation data; nil without validation, or if they are split from the
  /// training data.
  ///
  /// - Throws: `NNError` for options that the source does not accept.
  public func makeValidationSource() throws(NNError) -> DataSource? {
    guard case .source(let source) = data.validation else { return nil }
    return try Registry.sources.build(source, part: .validation)
  }

  /// The source of the test data; nil for none, or if they are rows of the training source.
  ///
  /// - Throws: `NNError` for options that the source does not accept.
  public func makeTestSource() throws(NNError) -> DataSource? {
    guard !testIsHeldOut, let test = data.test?.source else { return nil }
    return try Registry.sources.build(test, part: .test)
  }

  /// A test source written on a command line: as in a config (`fashion-mnist-test`,
  /// `{csv: a.csv, target: y}`), or the path of an `.npz` file or of a table (`.csv`, `.jsonl` and
  /// others, also gzip-compressed).
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - folder: The folder that relative paths start from; empty leaves them unchanged.
  ///   - seed: The default seed of generated data.
  ///   - encoding: The encodings of the network's training data, which a source cannot change.
  /// - Throws: `NNError` if the text is not a data source.
  public static func dataSource(
    from text: String, folder: String = "", seed: Int = 42, encoding: DataEncoding? = nil
  ) throws(NNError) -> DataSource {
    let place = "data source \(text)"
    let format = TableKind.of(path: text)?.rawValue ?? (text.hasSuffix(".npz") ? "npz" : nil)
    let node: ConfigNode =
      if let format, !text.contains("{") {
        ConfigNode(
          value: .mapping([ConfigOption(format, .string(text))]),
          at: ConfigPosition(source: place))
      } else {
        try ConfigNode(yaml: text, source: place)
      }
    let problems = ConfigProblems()
    let component = Registry.sources.component(
      from: node,
      context: ReadingContext(
        problems: problems, folder: folder, seed: seed, part: .test,
        hasTokenizers: encoding?.tokenizers != nil))
    try problems.throwIfAny(in: place)
    guard let component else { throw .invalid("names no data source", at: place) }
    return component.build()
  }
}
