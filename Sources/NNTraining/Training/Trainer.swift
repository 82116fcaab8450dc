public import NNCore
public import NNData
import NNGraph
public import NNLayers
public import NNLosses
public import NNMetrics
public import NNOptimizers

/// Trains a model on data, one epoch or one step at a time.
///
/// ```swift
/// let trainer = try Trainer(
///   model: model, loss: CrossEntropy(), optimizer: Adam(), data: train, batchSize: 64, seed: 1)
/// for _ in 1...3 { print(try trainer.epoch().trainLoss) }
/// let scores = try Predictor(trainer.trainedModel()).predict(images)
/// ```
///
/// Results depend only on the arguments, not on the number of threads. Not `Sendable`: train in one
/// task, or on a thread of its own as a ``TrainingTask``; a `Predictor` of the trained model serves
/// several tasks.
public final class Trainer {
  /// The current state of the run.
  public internal(set) var progress: TrainingProgress
  /// The learning-rate schedule.
  public internal(set) var schedule: ScheduleChain
  /// The normalisation of inputs, fitted to the training data when the run started.
  public let normalization: Normalization
  /// The normalisation fitted to the present training data; differs if a run continues with other
  /// data.
  let fittedNormalization: Normalization

  let trainingStep: TrainingStep
  /// The training data.
  let data: Dataset
  private let loader: BatchLoader
  /// Reads the targets of the batches of a step ahead, if several losses are accumulated.
  private let targetReader: TargetReader?
  private let settings: TrainingSettings
  /// Perturbs inputs in adversarial training; nil otherwise.
  private let perturbedInputs: PerturbedInputs?
  /// Whether `stop()` has been called in the current training.
  var isStopped = false

  /// Prepares a run: fits the normalisation, draws the initial weights, checks every layer.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - loss: The loss to minimise; it must be a scalar.
  ///   - optimizer: The optimizer.
  ///   - data: The training data.
  ///   - batchSize: Examples per step.
  ///   - seed: The seed of shuffling and random numbers; 42 by default.
  ///   - schedule: The learning-rate schedule; constant by default.
  ///   - settings: All other options.
  /// - Throws: `NNError` that lists every incompatibility of layers, loss, batch size and data.
  public convenience init(
    model: Model, loss: any Loss, optimizer: any Optimizer, data: Dataset, batchSize: Int,
    seed: UInt64 = 42, schedule: ScheduleChain = ScheduleChain([]),
    settings: TrainingSettings = TrainingSettings()
  ) throws(NNError) {
    try self.init(
      model: model, losses: [LossTerm(loss)], optimizer: optimizer, data: data,
      batchSize: batchSize, seed: seed, schedule: schedule, settings: settings)
  }

  /// Prepares a run that minimises the weighted sum of several losses; otherwise as above.
  ///
  /// - Parameter losses: 1 to 100 losses with the tensors that they read.
  public convenience init(
    model: Model, losses: [LossTerm], optimizer: any Optimizer, data: Dataset, batchSize: Int,
    seed: UInt64 = 42, schedule: ScheduleChain = ScheduleChain([]),
    settings: TrainingSettings = TrainingSettings()
  ) throws(NNError) {
    try self.init(
      describing: model, objective: Objective(losses), optimizer: optimizer, data: data,
      batchSize: batchSize,
      seed: seed, schedule: schedule, settings: settings)
    try trainingStep.initialize()
  }

  /// The same without allocating weights and optimizer state, for checks: `initialize()` allocates
  /// them.
  init(
    describing model: Model, objective: Objective, optimizer: any Optimizer, data: Dataset,
    batchSize: Int, seed: UInt64, schedule: ScheduleChain, settings: TrainingSettings
  ) throws(NNError) {
    self.data = data
    self.schedule = schedule
    self.settings = settings
    fittedNormalization = try Normalization.fit(settings.normalization, on: data)
    normalization = settings.scale ?? fittedNormalization
    try normalization.requireChannels(of: data.inputShape, at: data.name)
    trainingStep = try TrainingStep(
      model: model, objective: objective,
      rules: UpdateRules(
        optimizer: optimizer, groups: settings.groups, frozen: settings.frozen,
        clipping: settings.clipping, l1Penalty: settings.l1Penalty,
        accumulate: settings.accumulate),
      signature: data.signature(settings.dtype), targets: data.targetSignature(settings.dtype),
      seed: seed, logsGradients: settings.logsGradients, adversarial: settings.adversarial)
    let source = NetworkSource(
      model: model, layout: trainingStep.layout, signature: trainingStep.signature,
      normalization: normalization, variables: trainingStep.variables)
    perturbedInputs = try settings.adversarial.map { (options) throws(NNError) in
      try PerturbedInputs(options, of: source, objective: objective, data: data, seed: seed)
    }
    try requireTargets(
      of: objective, fit: data, outputs: trainingStep.evaluator.outputShapes())
    let augmentation = try AugmentationPlan(settings, data, trainingStep, seed: seed)
    loader = try BatchLoader(
      dataset: data, batchSize: batchSize, shuffle: settings.shuffle, dropLast: settings.dropLast,
      seed: seed, dtype: settings.dtype,
      // Inputs are perturbed before they are normalised.
      normalization: settings.adversarial == nil ? normalization : .identity,
      augmentation: augmentation,
      prefetch: augmentation != nil
        || BatchLoader.benefitsFromPrefetch(data, batchSize: batchSize),
      drawWeights: settings.drawWeights, shuffleWindow: settings.shuffleWindow)
    targetReader =
      settings.accumulate > 1 && objective.terms.count > 1 ? loader.targetReader() : nil
    progress = TrainingProgress(monitor: Monitor(figure: "train_loss", prefersHigher: false))
    try requireLastBatch()
  }

  /// The number of steps of an epoch: of updates, each of one batch unless gradients are
  /// accumulated.
  public var stepsPerEpoch: Int {
    let batches = loader.plan.batchesPerEpoch
    return batches / settings.accumulate + (batches % settings.accumulate == 0 ? 0 : 1)
  }
  /// The number of training examples.
  public var rowCount: Int { data.count }
  /// The number of trainable parameters, without frozen ones.
  public var parameterCount: Int { trainingStep.layout.trainedParameterCount }

  /// Draws the initial weights and prepares the first step.
  ///
  /// - Throws: `NNError` if an initializer cannot fill its shape.
  func initialize() throws(NNError) {
    try trainingStep.initialize()
    try trainingStep.plan(rows: min(loader.plan.batchSize, data.count))
  }

  /// Plans the first step, so that errors are found before anything is allocated or written.
  ///
  /// - Parameter others: Validation and test data.
  /// - Throws: `NNError` that lists every incompatibility of layers, loss and data.
  func check(others: [Dataset]) throws(NNError) {
    _ = try trainingStep.stepByteCounts(rows: min(loader.plan.batchSize, data.count))
    for other in others { try trainingStep.evaluator.check(other) }
  }

  /// Checks that layers accept the smallest batch of an epoch, too: batch normalization needs more
  /// than one value for each channel.
  private func requireLastBatch() throws(NNError) {
    let plan = loader.plan
    guard let least = plan.smallestBatch, least < plan.batchSize else { return }
    do throws(NNError) { try trainingStep.check(rows: least) } catch {
      // An error that occurs for every batch is reported as it is.
      try trainingStep.check(rows: plan.batchSize)
      let other = (plan.batchSize...).prefix(data.count).first { data.count % $0 != least }
      throw .invalid(
        "the last batch of an epoch has \(least) \(least == 1 ? "example" : "examples") "
          + "(\(data.count) examples in batches of \(plan.batchSize)): \(error.message)",
        at: data.name,
        hint: "leave it out with drop_last: true, or use another batch_size"
          + (other.map { ", such as \($0)" } ?? ""))
    }
  }

  /// Checks the weights, since overflowed weights must not replace good ones in a file.
  ///
  /// - Throws: `NNError` that names the step and the parameter that is not finite.
  func requireFiniteWeights() throws(NNError) {
    guard let parameter = try trainingStep.firstParameterNotFinite() else { return }
    throw divergence(
      "the update of step \(progress.step) (epoch \(progress.epoch + 1)) left values in "
        + "`\(parameter)` that are not finite")
  }

  /// Runs the next step of the current epoch; returns nil once at the epoch's end.
  ///
  /// - Throws: `NNError` that names step and layer if the loss is not finite; the weights are then
  ///   those before the step.
  public func step() throws(NNError) -> TrainingEvent.Step? {
    try nextStep(isTraced: false)?.event
  }

  /// Runs the next step; returns nil once at the epoch's end.
  ///
  /// - Parameter isTraced: Whether to return the numbers of the step.
  func nextStep(
    isTraced: Bool
  ) throws(NNError) -> (event: TrainingEvent.Step, trace: StepTrace?)? {
    let batches = loader.plan.batchesPerEpoch
    let first = min([progress.stepInEpoch, settings.accumulate].saturatingProduct, batches)
    loader.seek(epoch: progress.epoch, batch: first)
    guard let batch = try loader.next() else { return nil }
    let start = Seconds.now
    let number = progress.step + 1
    let rate = learningRate
    let isLogged = settings.logEvery > 0 && number % settings.logEvery == 0
    var sums = StepSums(progress, trainingStep.objective)
    let count = min(settings.accumulate, batches - first)
    var part = BatchPart(
      index: 0, count: count, stride: settings.accumulate,
      divisors: divisors(ofBatches: first..<first + count))
    var result = try run(
      batch, part, step: number, isLogged: isLogged, isTraced: isTraced, &sums)
    while part.index + 1 < count, let next = try loader.next() {
      part.index += 1
      result = try run(next, part, step: number, isLogged: isLogged, isTraced: isTraced, &sums)
    }
    progress.step = number
    progress.stepInEpoch += 1
    progress.keep(sums.epoch)
    progress.rows += sums.rows
    progress.seconds += Seconds.now - start
    let objective = trainingStep.objective
    let (loss, losses) =
      count > 1
      ? sums.step.value(of: objective) : (result.counts ? result.loss : .nan, result.losses)
    let event = TrainingEvent.Step(
      step: number, epoch: progress.epoch + 1, stepInEpoch: progress.stepInEpoch, loss: loss,
      losses: objective.terms.count == 1 ? [] : losses,
      learningRate: rate, gradientNorm: result.gradientNorm, gradientNorms: result.norms,
      rows: sums.rows)
    return (event, result.trace)
  }

  /// The divisor of each of several losses over the batches of a step, 0 for a sum; empty unless
  /// gradients are accumulated.
  private func divisors(ofBatches batches: Range<Int>) -> [Double] {
    guard let targetReader, batches.count > 1 else { return [] }
    let objective = trainingStep.objective
    var sums = [Double](repeating: 0, count: objective.terms.count)
    for batch in batches {
      let targets = targetReader.targets(epoch: progress.epoch, batch: batch)
      for (index, divisor) in objective.divisors(of: targets).enumerated() {
        sums[index] += divisor ?? 0
      }
    }
    return sums
  }

  /// The sums over the batches of a step.
  private struct StepSums {
    /// The losses of the epoch so far.
    var epoch: ObjectiveTotal
    /// The losses of the step so far.
    var step: ObjectiveTotal
    var rows = 0

    init(_ progress: TrainingProgress, _ objective: Objective) {
      epoch = progress.losses(of: objective)
      step = ObjectiveTotal(count: objective.terms.count)
    }
  }

  /// Runs one batch of a step.
  private func run(
    _ batch: Batch, _ part: BatchPart, step: Int, isLogged: Bool, isTraced: Bool,
    _ sums: inout StepSums
  ) throws(NNError) -> StepResult {
    let (epoch, done) = (progress.epoch, progress.step)
    let batch = try perturbedInputs?(batch, number: part.number(inStep: step)) ?? batch
    let result = try trainingStep.train(
      batch, part: part, step: step, wantsNorm: isLogged, isTraced: isTraced
    ) {
      schedule.learningRate(epoch: epoch, step: done, base: $0)
    }
    guard result.isComplete else {
      guard let norm = result.gradientNorm, !norm.isFinite else {
        throw try divergence(result.loss, batch, step: step, number: part.number(inStep: step))
      }
      throw divergence(
        "the gradient's norm became \(norm) at step \(step) (epoch \(progress.epoch + 1)), "
          + "though the loss is \(result.loss)")
    }
    sums.epoch.add(result.losses, divisors: result.divisors)
    sums.step.add(result.losses, divisors: result.divisors)
    sums.rows += batch.count
    return result
  }

  /// Runs the rest of the current epoch and returns its figures.
  ///
  /// - Throws: `NNError` that names step and layer if the loss becomes NaN or infinite.
  @discardableResult
  public func epoch() throws(NNError) -> TrainingEvent.Epoch {
    while try step() != nil {}
    let report = epochReport()
    progress.finishEpoch()
    return report
  }

  /// The figures of the epoch so far.
  func epochReport() -> TrainingEvent.Epoch {
    let objective = trainingStep.objective
    let (loss, losses) = progress.losses(of: objective).value(of: objective)
    return .init(
      epoch: progress.epoch + 1, trainLoss: loss,
      trainLosses: objective.terms.count == 1 ? [] : losses, validationLoss: nil, metrics: [],
      learningRate: learningRate(ofStep: max(1, progress.step)), seconds: progress.seconds,
      rowsPerSecond: Double(progress.rows) / max(progress.seconds, 1e-9), isBest: false)
  }

  /// The learning rate of the next step, of the parameters without a group of their own.
  public var learningRate: Double { learningRate(ofStep: progress.step + 1) }

  /// The learning rate of a step of the current epoch, counted from 1.
  private func learningRate(ofStep step: Int) -> Double {
    schedule.learningRate(
      epoch: progress.epoch, step: step - 1, base: trainingStep.rules.optimizer.learningRate)
  }

  /// The mean loss, each of several losses, and metrics over a data set, in evaluation mode.
  ///
  /// - Parameter metrics: Empty metrics; they are returned with the data added.
  /// - Throws: `NNError` if the data are incompatible with the model.
  public func evaluate(
    on dataset: Dataset, metrics: [any Metric] = []
  ) throws(NNError) -> (loss: Double, losses: [Double], metrics: [any Metric]) {
    try trainingStep.evaluator.evaluate(dataset, normalization: normalization, metrics: metrics)
  }

  /// The weights and running statistics, with PyTorch's names.
  public func weights() throws(NNError) -> [(name: String, tensor: HostTensor)] {
    try trainingStep.weights()
  }

  /// Replaces weights and running statistics, by name.
  ///
  /// - Throws: `NNError` that lists every missing or unexpected tensor and every wrong shape or
  ///   type.
  public func load(_ tensors: [String: HostTensor]) throws(NNError) {
    try trainingStep.load(tensors)
  }

  /// A warning if adversarial training has made the network withstand only the attack of training.
  func overfittingWarning() throws(NNError) -> String? {
    guard let check = settings.adversarial.flatMap(OverfittingCheck.init) else { return nil }
    return try check.warning(
      NetworkSource(self), trainingStep.objective, data, seed: trainingStep.seed)
  }

  private func divergence(
    _ loss: Double, _ batch: Batch, step: Int, number: Int
  ) throws(NNError) -> NNError {
    let origin: String
    if let (row, value) = batch.firstRowNotFinite {
      throw .invalid(
        "row \(data.sourceRow(of: row)) (from 0) holds a number that is \(value) in "
          + "\(trainingStep.layout.dtype): it is too large", at: data.name,
        hint: "scale the inputs, or use dtype: float64")
    }
    if let parameter = try trainingStep.firstParameterNotFinite() {
      origin = "the update of step \(step - 1) left values in `\(parameter)` that are not finite"
    } else if let layer = try trainingStep.firstLayerNotFinite(
      batch.input, step: number)
    {
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
    .diverged(
      message,
      hint: "lower the learning rate, clip the gradient (clip_grad_norm) or normalise the data")
  }
}
