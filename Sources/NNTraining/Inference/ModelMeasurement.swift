package import NNCore
package import NNData
import NNGraph
import NNLayers
package import NNLosses
package import NNMetrics

/// Measures losses and metrics of a trained network, on data or on variants of them.
///
/// The network is compiled once for all calls. Not `Sendable`: one task uses it at a time.
package final class ModelMeasurement {
  /// The data as the losses and the network read them.
  package let dataset: Dataset
  private let evaluator: Evaluator
  private let normalization: Normalization

  /// Prepares a network with an objective.
  ///
  /// - Throws: `NNError` if the data are incompatible with the network.
  init(
    _ model: TrainedModel, _ objective: Objective, of dataset: Dataset
  ) throws(NNError) {
    self.dataset = try model.prepared(dataset, for: objective)
    normalization = model.normalization
    // These data may have fewer steps than the training data.
    let steps = model.signature.example.decoderValues ?? model.signature.example.values
    var targets = self.dataset.targetSignature(model.layout.dtype)
    if self.dataset.targetsAreSteps {
      targets.types.values = TensorType([steps.shape[0]], .int32)
    }
    evaluator = Evaluator(
      model: model.model, layout: model.layout, objective: objective,
      variables: try model.variables(), signature: model.signature, targets: targets)
  }

  /// Prepares a network with losses.
  ///
  /// - Throws: `NNError` if the data are incompatible with the network.
  package convenience init(
    _ model: TrainedModel, losses: [LossTerm], of dataset: Dataset
  ) throws(NNError) {
    try self.init(model, Objective(losses), of: dataset)
  }

  /// The mean loss, each of several losses, and the metrics.
  ///
  /// - Parameters:
  ///   - variant: Data like ``dataset`` with other numbers; nil (default) for ``dataset``.
  ///   - metrics: Empty metrics; the result holds them with the data added.
  /// - Throws: `NNError` if the data are incompatible with the network or the losses.
  package func callAsFunction(
    _ variant: Dataset? = nil, metrics: [any Metric]
  ) throws(NNError) -> (loss: Double, losses: [Double], metrics: [any Metric]) {
    try evaluator.evaluate(
      variant ?? dataset, normalization: normalization, metrics: metrics)
  }
}
