public import NNCore
public import NNData
public import NNMetrics

/// A training on a thread of its own, for programs that do other things meanwhile.
///
/// ```swift
/// let training = try TrainingTask(trainer, epochs: 20, validation: test)
/// for await case .epoch(let epoch) in training.events { print(epoch.epoch, epoch.trainLoss) }
/// let model = try await training.model
/// ```
///
/// The events and the weights are those of ``Trainer/train(epochs:validation:metrics:onEvent:)``.
/// The training continues whether or not the task is kept; ``cancel()`` ends it.
public final class TrainingTask: Sendable {
  /// The events of the training as they happen, for one loop; the sequence ends with the training.
  ///
  /// Up to 10,000 events wait to be read, the newest ones.
  public let events: AsyncStream<TrainingEvent>

  private let state = State()

  /// Starts a training.
  ///
  /// - Parameters:
  ///   - trainer: The trainer, which from now on belongs to the training.
  ///   - epochs: The number of epochs to train.
  ///   - validation: Data to measure the loss and the metrics on after each epoch.
  ///   - metrics: Empty metrics.
  /// - Throws: `NNError` if the system cannot start a thread.
  public init(
    _ trainer: sending Trainer, epochs: Int, validation: Dataset? = nil,
    metrics: [any Metric] = []
  ) throws(NNError) {
    let (events, continuation) = AsyncStream.makeStream(
      of: TrainingEvent.self, bufferingPolicy: .bufferingNewest(10_000))
    self.events = events
    let state = state
    let handover = Handover(trainer)
    let thread = try SystemThread {
      guard let trainer = handover.take() else { return }
      let result = Result { () throws(NNError) in
        try trainer.train(epochs: epochs, validation: validation, metrics: metrics) { event in
          continuation.yield(event)
          if state.isCancelled { trainer.stop() }
        }
        return try trainer.trainedModel()
      }
      continuation.finish()
      state.finish(with: result)
    }
    thread.detach()
  }

  /// The trained model, once the training has ended; after ``cancel()`` as trained until then.
  ///
  /// If the task that waits is cancelled, so is the training.
  ///
  /// - Throws: `NNError` if the training failed.
  public var model: TrainedModel {
    get async throws {
      try await withTaskCancellationHandler {
        try await withCheckedContinuation { state.wait($0) }.get()
      } onCancel: {
        cancel()
      }
    }
  }

  /// Ends the training after its current step.
  public func cancel() { state.cancel() }
}

/// Moves a trainer to another thread.
private final class Handover: Sendable {
  private let trainer: Guarded<Trainer?>

  init(_ trainer: sending Trainer) { self.trainer = Guarded(trainer) }

  /// The trainer, for the first caller.
  func take() -> sending Trainer? {
    trainer.withLock { trainer in
      defer { trainer = nil }
      return trainer
    }
  }
}

/// The end of a training, and those who wait for it.
private final class State: Sendable {
  typealias End = Result<TrainedModel, NNError>

  private struct Contents {
    var end: End?
    var isCancelled = false
    var waiting: [CheckedContinuation<End, Never>] = []
  }

  private let contents = Guarded(Contents())

  var isCancelled: Bool { contents.withLock { $0.isCancelled } }

  func cancel() { contents.withLock { $0.isCancelled = true } }

  func finish(with end: End) {
    let waiting = contents.withLock { contents in
      contents.end = end
      defer { contents.waiting = [] }
      return contents.waiting
    }
    for continuation in waiting { continuation.resume(returning: end) }
  }

  func wait(_ continuation: CheckedContinuation<End, Never>) {
    let end = contents.withLock { contents in
      if contents.end == nil { contents.waiting.append(continuation) }
      return contents.end
    }
    if let end { continuation.resume(returning: end) }
  }
}
