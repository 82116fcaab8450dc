public import NNCore
import NNData
public import NNLayers

extension Config {
  /// Which layer of the network reads which, for rows as those of the training data.
  ///
  /// - Throws: `NNError` for data and layers that do not fit.
  public func wiring() throws(NNError) -> LayerWiring {
    try makeModel().wiring(RunData(self).train.signature(dtype))
  }
}

extension TrainedModel {
  /// Which layer of the network reads which.
  ///
  /// - Throws: `NNError` with every misfit found.
  public func wiring() throws(NNError) -> LayerWiring { try model.wiring(signature) }
}
