public import NNCore
public import NNData
import NNGraph
import NNLayers

/// How long the layers of a network take in a training step.
public struct StepProfile: Sendable {
  /// What one layer takes, forward and backward together.
  public struct Row: Sendable, Hashable {
    /// The layer as errors name it: `` `3.0` (Dense 128) ``; `loss` for what belongs to no layer and
    /// `update` for the optimizer.
    public let layer: String
    /// The mean of a step.
    public let seconds: Double
    /// Products that it sums in a step.
    public let multiplyAdds: Int
  }

  /// The layers in the order in which they compute. What is joined with the product before it, as an
  /// activation, counts there.
  public let rows: [Row]
  /// Rows in a step.
  public let batchSize: Int
  /// How many steps were measured.
  public let steps: Int

  /// The mean of a step.
  public var seconds: Double { rows.reduce(0) { $0 + $1.seconds } }
  /// Products summed in a step.
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }

  /// Trains a copy of a network for a moment, with a learning rate of 0.
  ///
  /// - Parameters:
  ///   - model: Whose network and weights to take.
  ///   - dataset: What to train on: rows as those of the training data.
  ///   - seconds: How long to measure; at least three steps are.
  /// - Throws: `NNError` when the data do not fit the network, and when a step with its weights gives
  ///   numbers that are not finite.
  public init(
    model: TrainedModel, dataset: Dataset, seconds: Double = 0.2
  ) throws(NNError) {
    let config = model.config
    let loss = try config.makeLoss()
    let learner = try Learner(
      model: config.makeModel(), loss: loss, optimizer: config.makeOptimizer(),
      clipping: config.makeGradientClipping(), l1Penalty: config.l1Penalty,
      signature: model.signature,
      target: TensorType(dataset.targetShape, dataset.hasLabels ? .int32 : model.layout.dtype),
      seed: UInt64(config.seed), measuresTimes: true)
    try learner.load(
      Dictionary(model.weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 }))
    batchSize = min(config.data.batchSize, dataset.count)
    let loader = try BatchLoader(
      dataset: dataset, batchSize: batchSize, dtype: model.layout.dtype,
      normalization: model.normalization, prefetch: false)
    guard let batch = loader.next() else { preconditionFailure("a data set has rows") }
    func step() throws(NNError) {
      let result = try learner.train(batch, step: 1, learningRate: 0, wantsNorm: false)
      guard result.isComplete else {
        throw .failed("a training step with the saved weights gives numbers that are not finite")
      }
    }
    // The first steps bring code and data into the caches.
    try step()
    let times = try learner.times(batch)
    times?.reset()
    let start = Seconds.now
    var attempts = 0
    while attempts < 3 || Seconds.now - start < seconds {
      try step()
      attempts += 1
    }
    steps = times?.runs ?? 0
    rows =
      times?.layers.map { layer in
        Row(
          layer: layer.path.isEmpty ? "loss" : layer.path, seconds: layer.seconds,
          multiplyAdds: layer.multiplyAdds)
      } ?? []
  }
}

extension TrainedModel {
  /// Products summed for one row, forward.
  ///
  /// - Throws: `NNError` with every misfit found.
  package func multiplyAdds() throws(NNError) -> Int {
    let graph = Graph()
    let built = model.build(
      in: graph, input: graph.inputs(signature.batch(of: 1)), layout: layout, mode: .evaluation)
    try graph.validate()
    return Set(built.layerOutputs.map(\.label)).reduce(0) { $0 + graph.multiplyAdds(path: $1) }
  }
}
