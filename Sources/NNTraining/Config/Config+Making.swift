public import NNCore
public import NNData
public import NNLayers
public import NNLosses
public import NNMetrics
public import NNOptimizers

/// What a config describes, made. None of these throws for a config that was read; a config put
/// together by a program may hold options that no component accepts.
extension Config {
  /// The network.
  ///
  /// - Throws: `NNError` for options that the layers do not accept.
  public func makeModel() throws(NNError) -> Model {
    let layers = try OptionKind.layers.resolved(.list(model.map(\.value)), as: "model")
    return Model(layers.map { $0.build() })
  }

  /// The loss.
  ///
  /// - Throws: `NNError` for options that the loss does not accept.
  public func makeLoss() throws(NNError) -> any Loss { try Registry.losses.build(loss) }

  /// The optimizer.
  ///
  /// - Throws: `NNError` for options that the optimizer does not accept.
  public func makeOptimizer() throws(NNError) -> any Optimizer {
    try Registry.optimizers.build(optimizer)
  }

  /// The metrics of what the network gives, in order and empty.
  ///
  /// - Parameter dataset: What they will measure on; bits are counted for each of its characters.
  /// - Throws: `NNError` for options that a metric does not accept.
  public func makeMetrics(for dataset: Dataset? = nil) throws(NNError) -> [any Metric] {
    var made: [any Metric] = []
    for metric in metrics {
      let kind = OptionKind.metric(with: loss, of: model)
      guard case .output(let built) = try kind.resolved(metric.value, as: "metric").build() else {
        continue
      }
      if let likelihood = built as? TokenLikelihood, case .bitsPerCharacter = likelihood.figure {
        guard let dataset else {
          made.append(likelihood)
          continue
        }
        guard let characters = dataset.charactersPerToken else {
          throw .invalid(
            "`bits_per_character` counts the characters of a text, and these data are none",
            at: dataset.name, hint: "use bits_per_token or perplexity")
        }
        made.append(
          TokenLikelihood(
            .bitsPerCharacter(charactersPerToken: characters),
            ignoreIndex: likelihood.ignoreIndex))
      } else {
        made.append(built)
      }
    }
    return made
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

  /// The learning rate schedules as one.
  ///
  /// - Throws: `NNError` for options that a schedule does not accept.
  public func makeSchedule() throws(NNError) -> ScheduleChain {
    var parts: [TimedSchedule] = []
    for part in schedule { parts.append(try Registry.schedules.build(part)) }
    return ScheduleChain(parts)
  }

  /// How gradients are limited, in order: by norm, then by value.
  public func makeGradientClipping() -> [GradientClipping] {
    [
      clipGradNorm.map { .norm(maximum: $0) },
      clipGradValue.map { .value(limit: $0) },
    ].compactMap { $0 }
  }

  /// What follows the figure by which epochs are compared.
  package func makeMonitor() -> Monitor {
    Monitor(
      figure: monitor, prefersHigher: monitorIncreases,
      minimumChange: earlyStopping?.minDelta ?? 0, patience: earlyStopping?.patience)
  }

  /// Whether a run gives the weights of its best epoch, rather than the last ones.
  package func keepsBestWeights(hasValidation: Bool) -> Bool {
    earlyStopping.map(\.restoreBest) ?? hasValidation
  }

  /// Where the training data come from.
  ///
  /// - Throws: `NNError` for options that the source does not accept.
  public func makeTrainSource() throws(NNError) -> DataSource {
    try Registry.sources.build(data.train)
  }

  /// Where the validation data come from; nil without validation, and where they are a part of the
  /// training data.
  ///
  /// - Throws: `NNError` for options that the source does not accept.
  public func makeValidationSource() throws(NNError) -> DataSource? {
    guard case .source(let source) = data.validation else { return nil }
    return try Registry.sources.build(source, part: .validation)
  }

  /// Where the test data come from; nil for none.
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
  ///   - text: What was written.
  ///   - folder: From where relative paths are meant; empty leaves them as they are.
  ///   - seed: What generated data start from.
  ///   - encoding: What the network's training data settled and a source cannot choose any more.
  /// - Throws: `NNError` for what names no source.
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
