public import NNCore
public import NNData
import NNGraph
import NNLayers
public import NNMetrics

/// What a trained model gives on a data set.
public struct Evaluation: Sendable {
  /// The mean loss.
  public let loss: Double
  /// The config's metrics, with the data taken in.
  public let metrics: [any Metric]

  /// `loss` and each metric that is one number, in the config's order.
  public var figures: [(name: String, value: Double)] {
    [("loss", loss)] + metrics.compactMap(\.figure)
  }

  /// Measures a model with its run's loss and metrics.
  ///
  /// - Throws: `NNError` when the data do not fit the model.
  public static func run(
    model: TrainedModel, dataset: Dataset
  ) throws(NNError) -> Evaluation {
    let variables = VariableStore()
    let tensors = Dictionary(
      model.weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    for (name, tensor) in try model.layout.variables(from: tensors) { variables[name] = tensor }
    let evaluator = Evaluator(
      model: model.model, layout: model.layout, loss: try model.config.makeLoss(),
      variables: variables, signature: model.signature,
      target: TensorType(
        dataset.targetShape, dataset.hasLabels ? .int32 : model.layout.dtype))
    let result = try evaluator.evaluate(
      dataset, normalization: model.normalization, metrics: model.config.makeMetrics())
    return Evaluation(loss: result.loss, metrics: result.metrics)
  }
}

extension Metric {
  /// Name and value of a metric that is one number; nil for a table.
  var figure: (name: String, value: Double)? {
    self is ConfusionMatrix ? nil : (name, value)
  }
}
