public import NNCore
public import NNData
public import NNLosses
public import NNMetrics

/// The loss and metrics of a trained model on a data set.
public struct Evaluation: Sendable {
  /// The mean loss.
  public let loss: Double
  /// Each of several losses by its name, whose weighted sum is `loss`; empty for one.
  public let losses: [(name: String, value: Double)]
  /// The config's metrics, updated with the data.
  public let metrics: [any Metric]
  /// The config's metrics that are measured by translating, updated with the data.
  public let scores: [TranslationScore]
  /// Limits of the figures, such as texts that are too long to be translated.
  public let warnings: [String]

  /// `loss`, each of several losses, each metric that is one number, in the config's order, then the translation scores.
  public var figures: [(name: String, value: Double)] {
    [("loss", loss)] + losses.map { ("loss_\($0.name)", $0.value) } + metrics.compactMap(\.figure)
      + scores.map { ($0.name, $0.value) }
  }

  /// Evaluates a model with its run's loss and metrics, and where outputs are quantiles with their
  /// coverage and crossing.
  ///
  /// - Throws: `NNError` if the data are incompatible with the model, for translation scores if
  ///   they hold no pairs of texts, and for a model without a config.
  public static func run(
    model: TrainedModel, dataset: Dataset
  ) throws(NNError) -> Evaluation {
    let config = try model.recordedConfig()
    let measured = try measure(model, config.makeObjective(), on: dataset) {
      (dataset) throws(NNError) in
      let own = try config.makeMetrics(for: dataset)
      guard model.meaning().quantiles != nil else { return own }
      // What every run with quantiles is asked for.
      let further: [any Metric] = [Coverage(), QuantileCrossing()]
      return own + further.filter { metric in !own.contains { $0.name == metric.name } }
    }
    let translation = try TranslationMeasurement(
      config.makeTranslationScores(), of: measured.dataset, by: model)
    return Evaluation(
      loss: measured.loss, losses: measured.losses, metrics: measured.metrics,
      scores: translation.scores, warnings: translation.warnings)
  }

  /// Evaluates a model with any losses and metrics.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - dataset: Data like those that it was trained on.
  ///   - losses: 1 to 100 losses with the tensors that they read.
  ///   - metrics: Empty metrics; the evaluation holds them with the data added.
  /// - Throws: `NNError` if the data are incompatible with the model or the losses.
  public static func run(
    model: TrainedModel, dataset: Dataset, losses: [LossTerm], metrics: [any Metric] = []
  ) throws(NNError) -> Evaluation {
    let measured = try measure(model, Objective(losses), on: dataset) { _ in metrics }
    return Evaluation(
      loss: measured.loss, losses: measured.losses, metrics: measured.metrics, scores: [],
      warnings: [])
  }

  /// What an objective and metrics measure, and the data as the network reads them.
  private struct Measured {
    let loss: Double
    let losses: [(name: String, value: Double)]
    let metrics: [any Metric]
    let dataset: Dataset
  }

  private static func measure(
    _ model: TrainedModel, _ objective: Objective, on dataset: Dataset,
    metrics: (Dataset) throws(NNError) -> [any Metric]
  ) throws(NNError) -> Measured {
    let measurement = try ModelMeasurement(model, objective, of: dataset)
    let result = try measurement(metrics: metrics(measurement.dataset))
    return Measured(
      loss: result.loss, losses: zip(objective.partNames, result.losses).map { ($0, $1) },
      metrics: result.metrics, dataset: measurement.dataset)
  }
}
