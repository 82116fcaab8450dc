import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// Runs that stop early, names of figures, norms in the tables, steps that cannot be timed.
@Suite struct MonitoredRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func weights(_ name: String, _ overrides: [String]) throws -> ([UInt8], Recorder) {
    let recorder = Recorder()
    try train(
      demandingConfig, in: folder.path(name), overrides: overrides, observers: [recorder])
    return (try modelTensors(name), recorder)
  }

  /// The saved tensors, without the config next to them.
  private func modelTensors(_ name: String) throws -> [UInt8] {
    try TrainedModel(folder: RunFolder(folder.path(name))).weights
      .flatMap { $0.tensor.withBytes { Array($0) } }
  }

  /// With the column's name or the metric's: the same stop, the same best weights.
  @Test func aMetricHasTwoNames() throws {
    let base = ["epochs=12", "early_stopping.patience=2"]
    let (bare, first) = try weights("bare", base + ["early_stopping.monitor=accuracy"])
    let (full, second) = try weights("full", base + ["early_stopping.monitor=val_accuracy"])
    #expect(bare == full)
    #expect(first.outcomes == second.outcomes && first.outcomes == [.stoppedEarly])
    #expect(first.epochs.map(\.isBest) == second.epochs.map(\.isBest))
    let values = first.epochs.compactMap { $0.metrics.first?.value }
    let best = try #require(values.max())
    #expect(first.epochs.last { $0.isBest }?.metrics.first?.value == best)
    let config = try Config(yaml: demandingConfig)
    #expect(config.figures == ["train_loss", "val_loss", "val_accuracy"])
    #expect(first.epochs[0].metrics.map(\.name) == ["val_accuracy"])
    #expect(
      try rows(folder.path("bare/metrics.csv"))[0]
        == ["epoch", "train_loss", "val_loss", "val_accuracy", "lr", "seconds", "samples_per_s"])
    let alone = try Config(
      yaml: demandingConfig, overrides: ["data.validation=null", "early_stopping=null"])
    #expect(alone.figures == ["train_loss", "train_accuracy"])
  }

  @Test func patienceOfZeroTrains() throws {
    let recorder = Recorder()
    try train(
      demandingConfig, in: folder.path("run"),
      overrides: ["epochs=30", "early_stopping.patience=0"], observers: [recorder])
    #expect(recorder.outcomes == [.stoppedEarly])
    let isBest = recorder.epochs.map(\.isBest)
    #expect(isBest.first == true && isBest.last == false)
    #expect(!isBest.dropLast().contains(false))
  }

  @Test func theBestWeightsAreThoseOfAnyImprovement() throws {
    let (_, recorder) = try weights(
      "run", ["epochs=8", "early_stopping={monitor: val_loss, patience: 1000, min_delta: 1}"])
    let losses = recorder.epochs.compactMap(\.validationLoss)
    let least = try #require(losses.min())
    #expect(recorder.epochs.last { $0.isBest }?.validationLoss == least)
    #expect(least < losses[0])
  }

  // MARK: - Norms

  /// steps.csv contains the norm before clipping, as without clipping.
  @Test func normsBeforeClippingByValue() throws {
    let base = ["epochs=1", "clip_grad_norm=null", "early_stopping=null", "model.3={dropout: 0}"]
    try train(demandingConfig, in: folder.path("plain"), overrides: base)
    try train(
      demandingConfig, in: folder.path("clipped"), overrides: base + ["clip_grad_value=1e30"])
    try train(
      demandingConfig, in: folder.path("tight"), overrides: base + ["clip_grad_value=0.001"])
    func norms(_ name: String) throws -> [Double] {
      try rows(folder.path("\(name)/steps.csv")).dropFirst().compactMap { Double($0[3]) }
    }
    let (plain, clipped, tight) = (try norms("plain"), try norms("clipped"), try norms("tight"))
    #expect(plain.count > 2 && clipped.count == plain.count)
    #expect(zip(plain, clipped).allSatisfy { abs($0 - $1) <= 1e-5 * $0 })
    #expect(abs(tight[0] - plain[0]) <= 1e-5 * plain[0])
    #expect(try modelTensors("plain") == modelTensors("clipped"))
  }

  // MARK: - Steps that fail

  @Test(.timeLimit(.minutes(1)))
  func aStepThatIsNotFiniteIsNotTimed() throws {
    let config = try Config(
      yaml: """
        name: diverging
        data: {train: {sine: {samples: 64}}, batch_size: 64}
        model: [{linear: 8}, relu, {linear: 1}]
        loss: mse
        optimizer: {sgd: {lr: 1e15}}
        epochs: 1
        """)
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
    #expect(try run.run() == .completed)
    let model = try TrainedModel(folder: run.folder)
    expectError(
      "a training step with the saved weights produces numbers that are not finite",
      kind: .runFailed
    ) {
      _ = try StepProfile(model: model, dataset: RunData(config).train)
    }
  }

  @Test func aLastBatchThatIsTooSmall() throws {
    func config(_ rows: Int, _ overrides: [String] = []) throws -> Config {
      try Config(
        yaml: """
          name: short
          data: {train: {moons: {samples: \(rows)}}, batch_size: 8}
          model: [{linear: 4}, batch_norm1d, relu, {linear: 2}]
          loss: cross_entropy
          optimizer: adam
          epochs: 1
          """, overrides: overrides)
    }
    expectError(
      "the last batch of an epoch has 1 example (33 examples in batches of 8)", "`1` (BatchNorm1D",
      "more than one value for each channel",
      "drop_last: true, or use another batch_size, such as 9"
    ) { try TrainingRun.check(config(33)) }
    try TrainingRun.check(config(33, ["data.drop_last=true"]))
    try TrainingRun.check(config(33, ["data.batch_size=9"]))
    try TrainingRun.check(config(34))
    try TrainingRun.check(config(32))
  }

  /// The first such batch is named, and no other.
  @Test func batchesWithoutCountedLabelsAreReportedOnce() throws {
    let labels = HostTensor((0..<40).map { Int32($0 < 16 ? 2 : $0 % 2) })
    try NPZ.write(
      [("x", HostTensor.random([40, 2], seed: 4)), ("y", labels)], to: folder.path("data.npz"))
    let recorder = Recorder()
    let config = try Config(
      yaml: """
        name: ignored
        data: {train: {npz: data.npz}, batch_size: 8, shuffle: false}
        model: [{linear: 3}]
        loss: {cross_entropy: {ignore_index: 2}}
        optimizer: {adam: {lr: 0.1}}
        epochs: 2
        log: {every: 1}
        """, folder: folder.path)
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
    #expect(try run.run(observers: [recorder]) == .completed)
    #expect(recorder.warnings.count == 1)
    #expect(
      recorder.warnings.first?.hasPrefix("no label of the 8 examples of step 1 counts for the loss")
        ?? false)
    #expect(
      recorder.steps.map(\.loss.isNaN) == [
        true, true, false, false, false, true, true, false, false, false,
      ])
    #expect(recorder.epochs.allSatisfy { $0.trainLoss.isFinite })
    let table = try rows(folder.path("run/steps.csv"))
    #expect(table[1][1] == "" && table[1][3] == "0.0" && table[3][1] != "")
  }

  @Test func inputsBeyondTheRunsType() throws {
    try train(demandingConfig, in: folder.path("run"))
    let predictor = try Predictor(TrainedModel(folder: RunFolder(folder.path("run"))))
    expectError("row 1 (from 0) holds a number that is inf in float32", "too large") {
      _ = try predictor.predict(HostTensor([0.0, 1, 1e39, 0], shape: [2, 2]))
    }
    let large = folder.path("large")
    try train(
      demandingConfig, in: large,
      overrides: [
        "data.normalize=none", "model=[{linear: {out_features: 2, weight_init: ones}}]",
        "optimizer={sgd: {lr: 0.001}}", "epochs=1",
      ])
    expectError(
      "the network's output for row 1 (from 0) is inf", "leave the row out", kind: .runFailed
    ) {
      _ = try Predictor(TrainedModel(folder: RunFolder(large)))
        .predict(HostTensor([0.0, 1, 3e38, 3e38], shape: [2, 2]))
    }
  }
}
