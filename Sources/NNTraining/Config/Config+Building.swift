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
      let kind = OptionKind.metric(with: losses, of: model)
      guard case .output(let built) = try kind.resolved(metric.value, as: "metric").build() else {
        continue
      }
      let sized = try sized(built, for: dataset)
      let (output, target) = metric.tensors
      made.append(
        output == nil && target == nil ? sized : TensorMetric(sized, output: output, target: target)
      )
    }
    return made
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
  /// - Throws: `NNError` for options that a schedule does not accept.
  public func makeSchedule() throws(NNError) -> ScheduleChain {
    var parts: [TimedSchedule] = []
    for part in schedule { parts.append(try Registry.schedules.build(part)) }
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

  /// The source of the test data; nil for none.
  ///
  /// - Throws: `NNError` for options that the source does not accept.
  public func makeTestSource() throws(NNError) -> DataSource? {
    guard let test = data.test else { return nil }
    return try Registry.sources.build(test, part: .test)
  }

  /// A test source written on a command line: as in a config (`fashion-mnist-test`,
  /// `{csv: a.csv, target: y}`), or the path of an `.npz`, `.csv` or `.tsv` file
  /// (the latter also gzip-compressed).
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
    let format = CSVFormat.isTable(text) ? "csv" : text.hasSuffix(".npz") ? "npz" : nil
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
