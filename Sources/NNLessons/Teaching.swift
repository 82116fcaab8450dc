import NNCore
import NNData
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining

/// What a lesson's network learns from, and how.
struct Teaching {
  /// What to learn.
  var data: Dataset
  /// What is wrong with a prediction.
  var loss: any Loss
  /// How weights change.
  var optimizer: any Optimizer
  /// How often all rows are seen.
  var epochs: Int
  /// Rows in a step; nil, as by default, for all of them.
  var batchSize: Int?
  /// What changes the learning rate; nothing by default.
  var schedule = ScheduleChain([])
  /// How inputs are scaled; not at all by default.
  var normalization = NormalizationKind.none
  /// What a network computes in; float64 by default, where rounding is not seen.
  var dtype = DType.float64

  /// Trains a network.
  ///
  /// - Parameters:
  ///   - model: Its layers.
  ///   - seed: Decides its first weights.
  ///   - observe: Gets the trainer before the first epoch (0) and after each.
  func train(
    _ model: Model, seed: UInt64,
    observe: (_ epoch: Int, _ trainer: Trainer) throws(NNError) -> Void = { _, _ in }
  ) throws(NNError) -> Trainer {
    let trainer = try Trainer(
      model: model, loss: loss, optimizer: optimizer, data: data,
      batchSize: batchSize ?? data.count, seed: seed, schedule: schedule,
      settings: TrainingSettings(
        dtype: dtype, shuffle: batchSize != nil, normalization: normalization, logEvery: 0))
    try observe(0, trainer)
    for epoch in 1...epochs {
      try trainer.epoch()
      try observe(epoch, trainer)
    }
    return trainer
  }

  /// The share of the rows that a network with one output classifies correctly.
  ///
  /// - Parameter other: Rows to judge by; nil for those that it learnt from.
  func accuracy(of trainer: Trainer, on other: Dataset? = nil) throws(NNError) -> Double {
    try trainer.evaluate(on: other ?? data, metrics: [Accuracy()]).metrics[0].value
  }

  /// Trains a network from several starts and keeps the one with the smallest loss: small networks
  /// get stuck where the start was unlucky.
  func best(of starts: Int, _ model: Model, seed: UInt64) throws(NNError) -> Trainer {
    var best = try train(model, seed: seed)
    var least = try best.evaluate(on: data).loss
    for start in 1..<starts {
      let other = try train(model, seed: seed &+ UInt64(start))
      let loss = try other.evaluate(on: data).loss
      if loss < least { (best, least) = (other, loss) }
    }
    return best
  }
}
