import Foundation
import NNTestSupport
import NeuralNet
import Testing

@Suite("Training for several epochs, in the caller's task and in the background")
struct TrainingTaskTests {
  private func data(_ count: Int = 24) throws -> Dataset {
    try Dataset(
      name: "line", inputs: HostTensor((0..<count).map { Double($0) / 10 }, shape: [count, 1]),
      targets: HostTensor((0..<count).map { Double($0) / 5 }, shape: [count, 1]))
  }

  private func trainer(rate: Double = 0.05) throws -> Trainer {
    try Trainer(
      model: Model { Dense(1) }, loss: MeanSquaredError(), optimizer: SGD(learningRate: rate),
      data: data(), batchSize: 10)
  }

  /// A metric that waits: a training without end that has it leaves the processor to other tests
  /// until somebody ends it.
  private struct Pause: Metric {
    var name: String { "pause" }
    var isHigherBetter: Bool { false }
    var value: Double { 0 }

    func update(output: HostTensor, target: HostTensor) { Thread.sleep(forTimeInterval: 0.002) }
    func reset() {}
  }

  private func weights(_ trainer: Trainer) throws -> [HostTensor] {
    try trainer.weights().map(\.tensor)
  }

  @Test("an epoch of `train` is one of `epoch()`, with validation and metrics")
  func sameAsEpochs() throws {
    let (one, other) = (try trainer(), try trainer())
    let validation = try data(7)
    var (steps, epochs): ([Int], [TrainingEvent.Epoch]) = ([], [])
    var outcome: TrainingEvent.Outcome?
    let returned = try one.train(
      epochs: 3, validation: validation, metrics: [MeanAbsoluteError()]
    ) { event in
      switch event {
      case .started(let start): #expect(start.epochs == 3 && start.stepsPerEpoch == 3)
      case .step(let step): steps.append(step.step)
      case .epoch(let epoch): epochs.append(epoch)
      case .finished(let end): outcome = end
      default: Issue.record("\(event)")
      }
    }
    #expect(returned == .completed && outcome == .completed)
    #expect(steps == Array(1...9))
    for (index, epoch) in epochs.enumerated() {
      #expect(epoch.epoch == index + 1)
      #expect(try epoch.trainLoss == other.epoch().trainLoss)
      let measured = try other.evaluate(on: validation, metrics: [MeanAbsoluteError()])
      #expect(epoch.validationLoss == measured.loss)
      #expect(epoch.metrics.map(\.name) == ["val_mae"])
      #expect(epoch.metrics[0].value == measured.metrics[0].value)
    }
    #expect(try epochs.count == 3 && weights(one) == weights(other))
    // Without validation metrics are those of the training data.
    try one.train(epochs: 1, metrics: [MeanAbsoluteError()]) { event in
      if case .epoch(let epoch) = event {
        #expect(epoch.epoch == 4 && epoch.validationLoss == nil)
        #expect(epoch.metrics.map(\.name) == ["train_mae"])
      }
    }
    #expect(try one.train(epochs: 0) == .completed && one.progress.epoch == 4)
  }

  @Test("a callback ends the training after any step, and it continues from there")
  func stop() throws {
    let (one, other) = (try trainer(), try trainer())
    for last in [2, 3, 7] {
      let outcome = try one.train(epochs: 4) { event in
        if case .step(let step) = event, step.step == last { one.stop() }
      }
      #expect(outcome == .interrupted && one.progress.step == last)
    }
    try one.train(epochs: 1)
    for _ in 1...3 { try other.epoch() }
    #expect(one.progress.step == 9)
    #expect(try weights(one) == weights(other))
    expectError("enough", kind: .runFailed) {
      try one.train(epochs: 1) { _ throws(NNError) in throw .failed("enough") }
    }
  }

  @Test("a training in the background has the same events and weights")
  func background() async throws {
    let training = try TrainingTask(
      trainer(), epochs: 5, validation: data(7), metrics: [MeanAbsoluteError()])
    var losses: [Double] = []
    for await case .epoch(let epoch) in training.events { losses.append(epoch.trainLoss) }
    let model = try await training.model
    let other = try trainer()
    #expect(try losses == (1...5).map { _ in try other.epoch().trainLoss })
    #expect(try model.weights.map(\.tensor) == weights(other))
    // Whoever asks later gets the same.
    #expect(try await training.model.weights.map(\.tensor) == weights(other))
  }

  @Test("a training without a reader of its events ends, too, and several may wait for it")
  func withoutReaders() async throws {
    let training = try TrainingTask(trainer(), epochs: 20)
    async let first = training.model
    async let second = training.model
    let (one, other) = try await (first, second)
    #expect(one.weights.map(\.tensor) == other.weights.map(\.tensor))
  }

  @Test("cancelling ends it after a step: the model is what was trained until then")
  func cancelled() async throws {
    let training = try TrainingTask(trainer(), epochs: 1_000_000_000, metrics: [Pause()])
    var (step, outcome): (Int, TrainingEvent.Outcome?) = (0, nil)
    for await event in training.events {
      if case .step(let event) = event {
        step = event.step
        if step >= 50 { training.cancel() }
      }
      if case .finished(let end) = event { outcome = end }
    }
    #expect(step >= 50 && outcome == .interrupted)
    let other = try trainer()
    while other.progress.step < step { if try other.step() == nil { try other.epoch() } }
    #expect(try await training.model.weights.map(\.tensor) == weights(other))
  }

  @Test("cancelling the task that waits for the model ends it, too")
  func cancelledWaiting() async throws {
    let training = try TrainingTask(trainer(), epochs: 1_000_000_000, metrics: [Pause()])
    let waiting = Task { try await training.model }
    waiting.cancel()
    #expect(try await !waiting.value.weights.isEmpty)
  }

  @Test("a training that fails says why")
  func failed() async throws {
    let training = try TrainingTask(trainer(rate: 1e200), epochs: 10)
    await #expect(throws: NNError.self) { _ = try await training.model }
    for await event in training.events {
      if case .finished = event { Issue.record("\(event)") }
    }
  }
}
