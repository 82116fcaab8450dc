public import NNCore
public import NNData
import NNGraph
import NNLayers

/// The time that each layer of a network takes in a training step.
public struct StepProfile: Sendable {
  /// The time of one layer, forward and backward together.
  public struct Row: Sendable, Hashable {
    /// The layer's name as in error messages, such as "`3.0` (Dense 128)"; `loss` for ops that
    /// belong to no layer and `update` for the optimizer.
    public let layer: String
    /// The mean seconds per step.
    public let seconds: Double
    /// Its multiply–accumulates per step.
    public let multiplyAdds: Int
  }

  /// The layers in the order of computation. Ops that are fused with the GEMM before them, such as
  /// an activation, are counted there.
  public let rows: [Row]
  /// Examples in a step.
  public let batchSize: Int
  /// The number of measured steps.
  public let steps: Int

  /// The mean seconds per step.
  public var seconds: Double { rows.reduce(0) { $0 + $1.seconds } }
  /// The multiply–accumulates per step.
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }

  /// Trains a copy of a network for a short time, with a learning rate of 0.
  ///
  /// - Parameters:
  ///   - model: The trained model.
  ///   - dataset: Training data as those of the run.
  ///   - seconds: How long to measure; at least three steps are measured.
  /// - Throws: `NNError` for a model without a config, if the data are incompatible with the
  ///   network, or if a step with its weights produces numbers that are not finite.
  public init(
    model: TrainedModel, dataset: Dataset, seconds: Double = 0.2
  ) throws(NNError) {
    let config = try model.recordedConfig()
    let trainingStep = try TrainingStep(
      model: config.makeModel(), objective: config.makeObjective(),
      rules: config.makeUpdateRules(),
      signature: model.signature,
      targets: dataset.targetSignature(model.layout.dtype),
      seed: UInt64(config.seed), measuresTimes: true)
    try trainingStep.load(model.weightsByName)
    batchSize = min(config.data.batchSize, dataset.count)
    let loader = try BatchLoader(
      dataset: dataset, batchSize: batchSize, dtype: model.layout.dtype,
      normalization: model.normalization, prefetch: false)
    guard let batch = try loader.next() else { preconditionFailure("a data set has rows") }
    func step() throws(NNError) {
      let result = try trainingStep.train(batch, step: 1, wantsNorm: false) { _ in 0 }
      guard result.isComplete else {
        throw .failed("a training step with the saved weights produces numbers that are not finite")
      }
    }
    // The first step is a warm-up.
    try step()
    let times = try trainingStep.times(batch)
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
  /// The multiply–accumulates for one example, forward pass.
  ///
  /// - Throws: `NNError` that lists every shape mismatch and invalid option.
  package func multiplyAdds() throws(NNError) -> Int {
    let graph = Graph()
    let built = model.build(
      in: graph, input: graph.inputs(signature.batch(of: 1)), layout: layout, mode: .evaluation)
    try graph.validate()
    return Set(built.layerOutputs.map(\.label)).reduce(0) { $0 + graph.multiplyAdds(path: $1) }
  }
}
