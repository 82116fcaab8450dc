public import NNCore
import NNData
public import NNLayers

extension Config {
  /// The connections between the network's layers, for the inputs of the training data.
  ///
  /// - Throws: `NNError` if data and layers are incompatible.
  public func wiring() throws(NNError) -> LayerWiring {
    try makeModel().wiring(RunData(self).train.signature(dtype))
  }
}

extension TrainedModel {
  /// The connections between the network's layers.
  ///
  /// - Throws: `NNError` that lists every shape mismatch and invalid option.
  public func wiring() throws(NNError) -> LayerWiring { try model.wiring(signature) }
}
