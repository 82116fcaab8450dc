package import NNCore
package import NNData
import NNGraph
import NNLayers
package import NNLosses

/// Data as a trained network reads them.
extension TrainedModel {
  /// The data as the losses of an objective and the network read them: labels as numbers where the
  /// loss takes numbers, series padded to the steps of the training data, targets scaled.
  ///
  /// - Throws: `NNError` if they are incompatible with the network.
  func prepared(_ dataset: Dataset, for objective: Objective) throws(NNError) -> Dataset {
    // As in training, a loss of numbers gets class labels as the numbers 0, 1, ….
    try objective.numbering(dataset)
      .fitting(
        signature.example.map { ($1.shape, $1.dtype) }, ignoredLabel: objective.main.ignoredLabel
      )
      .scalingTargets(by: targetScale)
  }

  /// The losses of the run, for which a program that has trained the network must give its own.
  ///
  /// - Throws: `NNError` for a network without a config.
  package func recordedLosses() throws(NNError) -> [LossTerm] { try recordedConfig().makeLosses() }

  /// The first examples of a data set in batches of raw inputs, with the range of the whole set.
  ///
  /// - Parameters:
  ///   - dataset: Data like those that the network was trained on.
  ///   - losses: The losses that read the targets.
  ///   - count: The number of examples, at least 1; nil for all.
  ///   - batchSize: The largest number of examples of a batch.
  /// - Throws: `NNError` if the data are incompatible with the network or the losses.
  package func attackBatches(
    of dataset: Dataset, losses: [LossTerm], count: Int?, batchSize: Int = 64
  ) throws(NNError) -> (batches: [AttackBatch], range: InputRange) {
    if let count, count < 1 {
      throw .invalid("the number of examples is \(count), expected at least 1")
    }
    let objective = Objective(losses)
    let whole = try prepared(dataset, for: objective)
    let variables = try variables()
    try Evaluator(
      model: model, layout: layout, objective: objective, variables: variables,
      signature: signature, targets: whole.targetSignature(layout.dtype)
    ).check(whole)
    let range = try InputRange(of: whole)
    let data = whole.selecting(Array(0..<min(count ?? whole.count, whole.count)))
    if data.isInFile {
      try MemoryLimit.check(
        [data.count, data.inputShape.byteCount(of: layout.dtype)].saturatingProduct,
        "the inputs of \(data.count) examples, which are needed at once,", at: data.name,
        hint: "take fewer examples")
    }
    let loader = try BatchLoader(
      dataset: data,
      plan: BatchPlan(exampleCount: data.count, batchSize: min(batchSize, data.count)),
      dtype: layout.dtype, prefetch: false)
    var batches: [AttackBatch] = []
    while let batch = try loader.next() {
      batches.append(
        AttackBatch(
          inputs: batch.input, targets: batch.namedTargets, range: range,
          rows: Array(batch.indices)))
    }
    return (batches, range)
  }
}
