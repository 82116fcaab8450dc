public import NNCore
import NNData
public import NNLayers

extension TrainedModel {
  /// Combines a network and weights that come from elsewhere: from a training loop of your own, or
  /// from a larger network of which this one is a part.
  ///
  /// ```swift
  /// // The decoder of an autoencoder, as a layer of the same name.
  /// let decoder = try TrainedModel(
  ///   model: sampler, signature: InputSignature(["codes": TensorType([2], .float32)], dtype: .float32),
  ///   weights: trainer.weights())
  /// let images = try Predictor(decoder).predict(codes)
  /// ```
  ///
  /// Inputs and outputs are used as they are, without normalisation, and outputs are numbers, or
  /// what their last activation makes them.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - signature: The types of its inputs.
  ///   - weights: The network's parameters and buffers by name, such as
  ///     `layout.tensors(in: variables)`; tensors of other names are ignored.
  /// - Throws: `NNError` that lists every shape mismatch and invalid option, or every tensor that is
  ///   missing or of another shape.
  public init(
    model: Model, signature: InputSignature, weights: [(name: String, tensor: HostTensor)]
  ) throws(NNError) {
    let layout = try model.layout(signature)
    try self.init(
      config: nil, model: model, signature: signature, normalization: .identity,
      targetScale: .identity, encoding: DataEncoding(),
      weights: weights.filter { layout[$0.name] != nil }, reader: { _, _ in nil })
  }
}
