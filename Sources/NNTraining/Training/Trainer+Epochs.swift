public import NNCore
public import NNData
import NNLayers
public import NNMetrics

/// Training for several epochs, and its result.
extension Trainer {
  /// Trains for a number of epochs.
  ///
  /// ```swift
  /// try trainer.train(epochs: 20, validation: test, metrics: [Accuracy()]) { event in
  ///   if case .epoch(let epoch) = event { print(epoch.epoch, epoch.trainLoss, epoch.metrics) }
  /// }
  /// ```
  ///
  /// A loop over `epoch()` or `step()` does the same with more freedom.
  ///
  /// - Parameters:
  ///   - epochs: The number of epochs to train, in addition to those already done.
  ///   - validation: Data to measure the loss and the metrics on after each epoch; without them
  ///     metrics are measured on the training data.
  ///   - metrics: Empty metrics.
  ///   - onEvent: Receives every event between steps; it may call ``stop()``, and an error that it
  ///     throws ends the training.
  /// - Returns: How the training ended: `.completed`, or `.interrupted` by ``stop()``.
  /// - Throws: `NNError` that names step and layer if the loss becomes NaN or infinite, or if the
  ///   validation data are incompatible with the model.
  @discardableResult
  public func train(
    epochs: Int, validation: Dataset? = nil, metrics: [any Metric] = [],
    onEvent: (TrainingEvent) throws(NNError) -> Void = { _ in }
  ) throws(NNError) -> TrainingEvent.Outcome {
    isStopped = false
    let last = progress.epoch + max(0, epochs)
    try onEvent(.started(start(epochs: last)))
    var hasWarned = false
    while progress.epoch < last, !isStopped {
      while !isStopped, let step = try step() { try onEvent(.step(step)) }
      guard progress.stepInEpoch >= stepsPerEpoch else { break }
      try requireFiniteWeights()
      let epoch = try measuredEpoch(validation: validation, metrics: metrics)
      progress.finishEpoch()
      try onEvent(.epoch(epoch))
      if !hasWarned, let warning = try overfittingWarning() {
        hasWarned = true
        try onEvent(.warning(warning))
      }
    }
    let outcome: TrainingEvent.Outcome = progress.epoch < last ? .interrupted : .completed
    try onEvent(.finished(outcome))
    return outcome
  }

  /// Ends ``train(epochs:validation:metrics:onEvent:)`` after the current step; training can go on
  /// from there.
  public func stop() { isStopped = true }

  /// Replaces weights and running statistics by those of a file, by name.
  ///
  /// ```swift
  /// let file = try SafeTensorsFile(contentsOf: "resnet18.safetensors")
  /// let differences = try trainer.load(file.tensors, strict: false)
  /// ```
  ///
  /// - Parameters:
  ///   - tensors: The tensors.
  ///   - strict: Whether the tensors must be those of the network, without one more or less; if
  ///     false, those of the same name and shape are loaded, as with PyTorch's
  ///     `load_state_dict(strict=False)`.
  /// - Returns: A line for each tensor without a counterpart of the same shape.
  /// - Throws: `NNError` that lists every difference if `strict`; otherwise if no tensor matches. In
  ///   both cases for a tensor with NaN.
  @discardableResult
  public func load(
    _ tensors: [(name: String, tensor: HostTensor)], strict: Bool = true
  ) throws(NNError) -> [String] {
    guard strict else {
      let matching = try MatchingWeights(tensors, for: weights())
      try load(matching.tensors)
      return matching.differences
    }
    try load(
      Dictionary(tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first }))
    return []
  }

  /// The facts known before the first step of a training up to a number of epochs.
  func start(epochs: Int) -> TrainingEvent.Start {
    .init(
      epochs: epochs, rows: rowCount, stepsPerEpoch: stepsPerEpoch, parameterCount: parameterCount,
      stepsDone: progress.step)
  }

  /// The figures of the epoch that has just been trained: its losses, and those and the metrics of
  /// the validation data, or the metrics of the training data without them.
  func measuredEpoch(
    validation: Dataset?, metrics: [any Metric]
  ) throws(NNError) -> TrainingEvent.Epoch {
    var epoch = epochReport()
    guard validation != nil || !metrics.isEmpty else { return epoch }
    let result = try evaluate(on: validation ?? data, metrics: metrics)
    if validation != nil {
      epoch.validationLoss = result.loss
      epoch.validationLosses = epoch.trainLosses.isEmpty ? [] : result.losses
    }
    epoch.metrics = result.metrics.compactMap(\.figure).map {
      (MetricFigure.name(of: $0.name, onValidation: validation != nil), $0.value)
    }
    return epoch
  }
}
