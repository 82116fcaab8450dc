import NNCore
import NNGraph
import NNLayers
import NNTraining
import Testing

/// Networks that were not trained.
enum UntrainedModel {
  /// A network in float64 with given weights, and random ones where none are given.
  static func of(
    _ model: Model, _ example: Ports<TensorType>, vocabulary: VocabularySizes? = nil,
    seed: UInt64 = 1, weights: [String: HostTensor] = [:]
  ) throws -> TrainedModel {
    let signature = InputSignature(example, vocabulary: vocabulary, dtype: .float64)
    let layout = try model.layout(signature)
    let initial = try layout.initialize(seed: seed).merging(weights) { $1 }
    return try TrainedModel(
      model: model, signature: signature,
      weights: layout.entries.map { ($0.name, try #require(initial[$0.name])) })
  }
}

/// Networks f(x) = Wx + b with given weights, in float64.
enum LinearModel {
  /// A network with a row of weights for each output.
  static func of(_ weights: [[Double]], bias: [Double]? = nil) throws -> TrainedModel {
    let inputs = weights[0].count
    return try UntrainedModel.of(
      Model(Dense(weights.count)), Ports(TensorType([inputs], .float64)),
      weights: [
        "weight": HostTensor(weights.flatMap(\.self), shape: [weights.count, inputs]),
        "bias": HostTensor(bias ?? [Double](repeating: 0, count: weights.count)),
      ])
  }
}
