public import NNCore
import NNData

extension Trainer {
  /// The network as trained so far, with everything needed to use it on raw inputs.
  ///
  /// - Throws: `NNError` if weights are not finite, after an update that was too large.
  public func trainedModel() throws(NNError) -> TrainedModel {
    try requireFiniteWeights()
    let objective = trainingStep.objective
    return try TrainedModel(
      config: nil, model: trainingStep.model, signature: trainingStep.signature,
      normalization: normalization, targetScale: data.targetScale, encoding: data.encoding,
      weights: weights(), reader: objective.reader)
  }
}
