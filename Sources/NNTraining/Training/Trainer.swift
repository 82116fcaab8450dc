public import NNCore
public import NNData
import NNGraph
public import NNLayers
public import NNLosses
public import NNMetrics
public import NNOptimizers

/// Teaches a model from data: an epoch at a time, or a step at a time.
///
/// ```swift
/// let trainer = try Trainer(
///   model: model, loss: CrossEntropy(), optimizer: Adam(), data: train, batchSize: 64, seed: 1)
/// for _ in 1...3 { print(try trainer.epoch().trainLoss) }
/// ```
///
/// Results depend on the arguments alone, not on the number of threads. Not `Sendable`: one task
/// trains; give the weights to a `Predictor` for use from several.
public final class Trainer {
  /// Where the run stands.
  public internal(set) var progress: TrainingProgress
  /// What changes the learning rate.
  public let schedule: ScheduleChain
  /// The scale of inputs: fitted to the training data when the run began.
  public let normalization: Normalization
  /// The scale that the training data give now; another one where a run goes on with other data.
  let fittedNormalization: Normalization

  let learner: Learner
  private let data: Dataset
  private let loader: BatchLoader
  private let settings: TrainingSettings

  /// Prepares a run: fits the normalisation, draws the first weights, checks that every layer fits.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - loss: What to minimise; it must give one number.
  ///   - optimizer: How weights change; a new one each step's gradient.
  ///   - data: What to learn from.
  ///   - batchSize: Rows in a step.
  ///   - seed: What order and random numbers depend on; 42 by default.
  ///   - schedule: What changes the learning rate; nothing by default.
  ///   - settings: Everything else.
  /// - Throws: `NNError` with every misfit of layers, loss, batch size and data.
  public convenience init(
    model: Model, loss: any Loss, optimizer: any Optimizer, data: Dataset, batchSize: Int,
    seed: UInt64 = 42, schedule: ScheduleChain = ScheduleChain([]),
    settings: TrainingSettings = TrainingSettings()
  ) throws(NNError) {
    try self.init(
      describing: model, loss: loss, optimizer: optimizer, data: data, batchSize: batchSize,
      seed: seed, schedule: schedule, settings: settings)
    try learner.initialize()
  }

  /// The same without memory for weights and optimizer, for checks: `initialize()` takes it.
  init(
    describing model: Model, loss: any Loss, optimizer: any Optimizer, data: Dataset,
    batchSize: Int, seed: UInt64, schedule: ScheduleChain, settings: TrainingSettings
  ) throws(NNError) {
    self.data = data
    self.schedule = schedule
    self.settings = settings
    fittedNormalization = try Normalization.fit(settings.normalization, on: data)
    normalization = settings.scale ?? fittedNormalization
    try normalization.requireChannels(of: data.inputShape, at: data.name)
    loader = try BatchLoader(
      dataset: data, batchSize: batchSize, shuffle: settings.shuffle, dropLast: settings.dropLast,
      seed: seed, dtype: settings.dtype, normalization: normalization,
      prefetch: BatchLoader.benefitsFromPrefetch(data, batchSize: batchSize))
    let targetDType = data.hasLabels ? DType.int32 : settings.dtype
    learner = try Learner(
      model: model, loss: loss, optimizer: optimizer,
      clipping: settings.clipping, l1Penalty: settings.l1Penalty,
      signature: data.signature(settings.dtype), target: .init(data.targetShape, targetDType),
      seed: seed, logsGradients: settings.logsGradients)
    try requireTargets(of: loss, fit: data, outputs: learner.evaluator.outputShape())
    progress = TrainingProgress(monitor: Monitor(figure: "train_loss", prefersHigher: false))
    try requireLastBatch()
  }

  /// Steps in an epoch.
  public var stepsPerEpoch: Int { loader.plan.batchesPerEpoch }
  /// Training rows.
  public var rowCount: Int { data.count }
  /// Numbers that the model learns.
  public var parameterCount: Int { learner.layout.parameterCount }

  /// Draws the first weights and makes the first step ready.
  ///
  /// - Throws: `NNError` of an initializer that cannot fill its shape.
  func initialize() throws(NNError) {
    try learner.initialize()
    try learner.plan(rows: min(loader.plan.batchSize, data.count))
  }

  /// Plans the first step, so that what does not fit is found before anything is allocated or
  /// written.
  ///
  /// - Parameter others: Data to be measured on.
  /// - Throws: `NNError` with every misfit of layers and loss, or data that do not fit them.
  func check(others: [Dataset]) throws(NNError) {
    _ = try learner.stepByteCounts(rows: min(loader.plan.batchSize, data.count))
    for other in others { try learner.evaluator.check(other) }
  }

  /// Verifies that layers take the smallest batch of an epoch as they take the others: batch
  /// normalization needs more than one value for each channel.
  private func requireLastBatch() throws(NNError) {
    let plan = loader.plan
    guard let least = plan.smallestBatch, least < plan.batchSize else { return }
    do throws(NNError) { try learner.check(rows: least) } catch {
      // What no batch fits is reported as such.
      try learner.check(rows: plan.batchSize)
      let other = (plan.batchSize...).prefix(data.count).first { data.count % $0 != least }
      throw .invalid(
        "the last batch of an epoch has \(least) \(least == 1 ? "row" : "rows") (\(data.count) rows in "
          + "batches of \(plan.batchSize)): \(error.message)", at: data.name,
        hint: "leave it out with drop_last: true, or use another batch_size"
          + (other.map { ", such as \($0)" } ?? ""))
    }
  }

  /// Weights that overflowed must not take the place of good ones in a file.
  ///
  /// - Throws: `NNError` naming the step and the parameter that is not finite.
  func requireFiniteWeights() throws(NNError) {
    guard let parameter = try learner.firstParameterNotFinite() else { return }
    throw divergence(
      "the update of step \(progress.step) (epoch \(progress.epoch + 1)) left values in "
        + "`\(parameter)` that are not finite")
  }

  /// Does the next step of the current epoch; nil once at the epoch's end.
  ///
  /// - Throws: `NNError` naming step and layer when the loss is not finite; the weights are those
  ///   from before the step then.
  public func step() throws(NNError) -> TrainingEvent.Step? {
    loader.seek(epoch: progress.epoch, batch: progress.stepInEpoch)
    guard let batch = loader.next() else { return nil }
    let start = Seconds.now
    let number = progress.step + 1
    let rate = learningRate
    let isLogged = settings.logEvery > 0 && number % settings.logEvery == 0
    let result = try learner.train(
      batch, step: number, learningRate: rate, wantsNorm: isLogged)
    guard result.isComplete else {
      guard let norm = result.gradientNorm, !norm.isFinite else {
        throw try divergence(result.loss, batch, step: number)
      }
      throw divergence(
        "the gradient's norm became \(norm) at step \(number) (epoch \(progress.epoch + 1)), "
          + "though the loss is \(result.loss)")
    }
    progress.step = number
    progress.stepInEpoch += 1
    var total = LossTotal(sum: progress.lossSum, divisor: progress.weight)
    total.add(result.loss, divisor: result.divisor)
    (progress.lossSum, progress.weight) = (total.sum, total.divisor)
    progress.rows += batch.count
    progress.seconds += Seconds.now - start
    return .init(
      step: number, epoch: progress.epoch + 1, stepInEpoch: progress.stepInEpoch,
      loss: result.divisor == 0 ? .nan : result.loss,
      learningRate: rate, gradientNorm: result.gradientNorm, gradientPlaces: result.places,
      rows: batch.count)
  }

  /// Does the rest of the current epoch and reports it.
  ///
  /// - Throws: `NNError` naming step and layer when the loss stops being finite.
  @discardableResult
  public func epoch() throws(NNError) -> TrainingEvent.Epoch {
    while try step() != nil {}
    let report = epochReport()
    progress.finishEpoch()
    return report
  }

  /// The figures of the epoch so far.
  func epochReport() -> TrainingEvent.Epoch {
    let total = LossTotal(sum: progress.lossSum, divisor: progress.weight)
    return .init(
      epoch: progress.epoch + 1, trainLoss: total.value(isSum: learner.loss.isSum),
      validationLoss: nil, metrics: [],
      learningRate: learningRate(ofStep: max(1, progress.step)), seconds: progress.seconds,
      rowsPerSecond: Double(progress.rows) / max(progress.seconds, 1e-9), isBest: false)
  }

  /// The learning rate of the next step.
  public var learningRate: Double { learningRate(ofStep: progress.step + 1) }

  /// The learning rate of a step of the current epoch, counted from 1.
  private func learningRate(ofStep step: Int) -> Double {
    schedule.learningRate(
      epoch: progress.epoch, step: step - 1, base: learner.optimizer.learningRate)
  }

  /// The mean loss and some metrics over a data set, in evaluation mode.
  ///
  /// - Parameter metrics: Fresh metrics; they come back with the data taken in.
  /// - Throws: `NNError` when the data do not fit the model.
  public func evaluate(
    on dataset: Dataset, metrics: [any Metric] = []
  ) throws(NNError) -> (loss: Double, metrics: [any Metric]) {
    try learner.evaluator.evaluate(dataset, normalization: normalization, metrics: metrics)
  }

  /// The weights and running statistics under their PyTorch names.
  public func weights() throws(NNError) -> [(name: String, tensor: HostTensor)] {
    try learner.weights()
  }

  /// Replaces weights and running statistics, by name.
  ///
  /// - Throws: `NNError` that lists every missing, unexpected or ill-shaped tensor.
  public func load(_ tensors: [String: HostTensor]) throws(NNError) { try learner.load(tensors) }

  private func divergence(
    _ loss: Double, _ batch: Batch, step: Int
  ) throws(NNError) -> NNError {
    let origin: String
    if let (row, value) = batch.firstRowNotFinite {
      throw .invalid(
        "row \(data.sourceRow(of: row)) (from 0) holds a number that is \(value) in "
          + "\(learner.layout.dtype): it is too large", at: data.name,
        hint: "scale the inputs, or use dtype: float64")
    }
    if let parameter = try learner.firstParameterNotFinite() {
      origin = "the update of step \(step - 1) left values in `\(parameter)` that are not finite"
    } else if let layer = try learner.firstLayerNotFinite(batch.input, step: step) {
      origin = "the first output that is not finite is that of \(layer)"
    } else {
      origin = "every layer's output is finite, the loss itself overflows"
    }
    // A negative NaN would be written as -nan.
    return divergence(
      "the loss became \(loss.isNaN ? .nan : loss) at step \(step) (epoch \(progress.epoch + 1)): "
        + origin)
  }

  private func divergence(_ message: String) -> NNError {
    .failed(
      message,
      hint: "lower the learning rate, clip the gradient (clip_grad_norm) or normalise the data")
  }
}
