import NNCore
import NNData
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining

/// The data, loss and optimizer with which a lesson trains its networks.
struct LessonTraining {
  /// The training data.
  var data: Dataset
  /// The loss.
  var loss: any Loss
  /// The optimizer.
  var optimizer: any Optimizer
  /// The number of epochs.
  var epochs: Int
  /// The batch size; nil, the default, for full batches.
  var batchSize: Int?
  /// The learning rate schedule; constant by default.
  var schedule = ScheduleChain([])
  /// The normalization of inputs; none by default.
  var normalization = NormalizationKind.none
  /// The element type of the computation; float64 by default, so that rounding is negligible.
  var dtype = DType.float64
  /// How inputs are perturbed during training; nil, the default, for not at all.
  var adversarial: AdversarialTraining?

  /// Trains a network.
  ///
  /// - Parameters:
  ///   - model: The layers.
  ///   - seed: The seed of the initial weights.
  ///   - observe: Called with the trainer before the first epoch (0) and after each.
  func train(
    _ model: Model, seed: UInt64,
    observe: (_ epoch: Int, _ trainer: Trainer) throws(NNError) -> Void = { _, _ in }
  ) throws(NNError) -> Trainer {
    let trainer = try Trainer(
      model: model, loss: loss, optimizer: optimizer, data: data,
      batchSize: batchSize ?? data.count, seed: seed, schedule: schedule,
      settings: TrainingSettings(
        dtype: dtype, shuffle: batchSize != nil, normalization: normalization, logEvery: 0,
        adversarial: adversarial))
    try observe(0, trainer)
    for epoch in 1...epochs {
      try trainer.epoch()
      try observe(epoch, trainer)
    }
    return trainer
  }

  /// The accuracy of a network with one output.
  ///
  /// - Parameter other: The data to evaluate on; nil for the training data.
  func accuracy(of trainer: Trainer, on other: Dataset? = nil) throws(NNError) -> Double {
    try trainer.evaluate(on: other ?? data, metrics: [Accuracy()]).metrics[0].value
  }

  /// Trains a network from several initial weights and returns the one with the lowest loss: small
  /// networks get stuck in poor local minima.
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
