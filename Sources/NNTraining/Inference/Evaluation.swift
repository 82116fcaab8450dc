public import NNCore
public import NNData
import NNGraph
import NNLayers
import NNLosses
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

  /// Evaluates a model with its run's loss and metrics.
  ///
  /// - Throws: `NNError` if the data are incompatible with the model, and for translation scores if
  ///   they hold no pairs of texts.
  public static func run(
    model: TrainedModel, dataset: Dataset
  ) throws(NNError) -> Evaluation {
    let objective = try model.config.makeObjective()
    // As in training, a loss of numbers gets class labels as the numbers 0, 1, ….
    let dataset = try objective.numbering(dataset)
      .fitting(
        model.signature.row.map { ($1.shape, $1.dtype) }, ignoredLabel: objective.main.ignoredLabel
      )
      .scalingTargets(by: model.targetScale)
    let variables = try model.variables()
    // These data may have fewer steps than the training data.
    let steps = model.signature.row.decoderValues ?? model.signature.row.values
    var targets = dataset.targetSignature(model.layout.dtype)
    if dataset.targetsAreSteps { targets.values = TensorType([steps.shape[0]], .int32) }
    let evaluator = Evaluator(
      model: model.model, layout: model.layout, objective: objective, variables: variables,
      signature: model.signature, targets: targets, hasTargets: dataset.hasTargets)
    let result = try evaluator.evaluate(
      dataset, normalization: model.normalization, metrics: model.config.makeMetrics(for: dataset))
    let translation = try TranslationMeasurement(
      model.config.makeTranslationScores(), of: dataset, by: model)
    return Evaluation(
      loss: result.loss,
      losses: zip(model.config.lossNames, result.losses).map { ($0, $1) }, metrics: result.metrics,
      scores: translation.scores,
      warnings: translation.warnings)
  }
}

extension Metric {
  /// Name and value of a metric that is one number; nil for a table.
  var figure: (name: String, value: Double)? {
    let metric = (self as? TensorMetric)?.metric ?? self
    return metric is ConfusionMatrix ? nil : (name, value)
  }
}
