public import NNCore
public import NNData
import NNGraph
import NNLayers
import NNLosses
public import NNMetrics

/// What a trained model gives on a data set.
public struct Evaluation: Sendable {
  /// The mean loss.
  public let loss: Double
  /// The config's metrics, with the data taken in.
  public let metrics: [any Metric]
  /// The config's metrics that are measured by translating, with the data taken in.
  public let scores: [TranslationScore]
  /// What the figures do not tell, such as texts that are too long to be translated.
  public let warnings: [String]

  /// `loss`, each metric that is one number, in the config's order, then the scores of translations.
  public var figures: [(name: String, value: Double)] {
    [("loss", loss)] + metrics.compactMap(\.figure) + scores.map { ($0.name, $0.value) }
  }

  /// Measures a model with its run's loss and metrics.
  ///
  /// - Throws: `NNError` when the data do not fit the model, and for scores of translations where
  ///   they hold no pairs of texts.
  public static func run(
    model: TrainedModel, dataset: Dataset
  ) throws(NNError) -> Evaluation {
    let loss = try model.config.makeLoss()
    // As in training, a loss over numbers sees class labels as the numbers 0, 1, ….
    let dataset = try (loss.target.acceptsLabels ? dataset : dataset.withNumericTargets())
      .fitting(model.signature.row.map { ($1.shape, $1.dtype) })
    let variables = try model.variables()
    // Tokens of these data may be fewer than those of the training data.
    let steps = model.signature.row.decoderRows ?? model.signature.row.rows
    let evaluator = Evaluator(
      model: model.model, layout: model.layout, loss: loss, variables: variables,
      signature: model.signature,
      target: TensorType(
        dataset.targetsAreSteps ? steps.shape : dataset.targetShape,
        dataset.hasLabels ? .int32 : model.layout.dtype))
    let result = try evaluator.evaluate(
      dataset, normalization: model.normalization, metrics: model.config.makeMetrics(for: dataset))
    let translation = try TranslationMeasurement(
      model.config.makeTranslationScores(), of: dataset, by: model)
    return Evaluation(
      loss: result.loss, metrics: result.metrics, scores: translation.scores,
      warnings: translation.warnings)
  }
}

extension Metric {
  /// Name and value of a metric that is one number; nil for a table.
  var figure: (name: String, value: Double)? {
    self is ConfusionMatrix ? nil : (name, value)
  }
}
