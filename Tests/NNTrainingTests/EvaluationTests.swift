import NNCore
import NNData
import NNTestSupport
import NNTraining
import Testing

@Suite struct EvaluationTests {
  /// The saved weights are those of the best epoch, with the same figures as in training.
  @Test func equalsTheFiguresOfTheTrainer() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    let recorder = Recorder()
    let overrides = ["data.validation={moons: {samples: 301, noise: 0.2}}", "epochs=8"]
    try train(demandingConfig, in: folder.path, overrides: overrides, observers: [recorder])
    let model = try TrainedModel(folder: folder)
    let source = try #require(try model.recordedConfig().makeValidationSource())
    let evaluation = try Evaluation.run(model: model, dataset: source.load())
    let best = try #require(recorder.epochs.last { $0.isBest })
    #expect(evaluation.loss == best.validationLoss)
    #expect(evaluation.figures.map(\.name) == ["loss", "accuracy"])
    #expect(evaluation.figures[1].value == best.metrics[0].value)
    let least = try #require(recorder.epochs.compactMap(\.validationLoss).min())
    #expect(evaluation.loss == least)
  }

  @Test func theTestSourceOfARun() throws {
    let temporary = try TemporaryFolder()
    let config = try Config(
      yaml: demandingConfig, overrides: ["data.test={moons: {samples: 50, noise: 0.2}}"])
    let folder = RunFolder(temporary.path("run"))
    let run = try TrainingRun(config: config, folder: folder)
    #expect(try run.run() == .completed)
    let figures = try #require(try run.evaluateTest()).figures
    let source = try #require(try config.makeTestSource())
    let expected = try Evaluation.run(model: TrainedModel(folder: folder), dataset: source.load())
    #expect(figures.map(\.value) == expected.figures.map(\.value))
    let without = try TrainingRun(
      config: Config(yaml: demandingConfig), folder: RunFolder(temporary.path("without")))
    #expect(try without.evaluateTest() == nil)
    let written = "{\"loss\": \(figures[0].value), \"accuracy\": \(figures[1].value)}\n"
    #expect(try temporary.text(of: "run/test.json") == written)
    // Changed weights have not been measured yet.
    let longer = try Config(
      yaml: demandingConfig,
      overrides: ["data.test={moons: {samples: 50, noise: 0.2}}", "epochs=20"])
    _ = try TrainingRun(config: longer, folder: folder, resumes: true).run()
    #expect(!temporary.contains("run/test.json"))
  }

  /// A loss of numbers gets class labels as numbers, in training and after it.
  @Test func labelsAreNumbersForSuchLosses() throws {
    let temporary = try TemporaryFolder()
    let config = try Config(
      yaml: """
        name: circles
        data:
          train: {circles: {samples: 60}}
          test: {circles: {samples: 41}}
          batch_size: 20
        model: [{linear: 4}, tanh, {linear: 1}]
        loss: bce_with_logits
        optimizer: {adam: {lr: 0.01}}
        metrics: [accuracy]
        epochs: 2
        """)
    let folder = RunFolder(temporary.path("run"))
    let run = try TrainingRun(config: config, folder: folder)
    #expect(try run.run() == .completed)
    let figures = try #require(try run.evaluateTest()).figures
    let source = try #require(try config.makeTestSource())
    let found = try Evaluation.run(model: TrainedModel(folder: folder), dataset: source.load())
    #expect(found.figures.map(\.value) == figures.map(\.value))
  }

  @Test func incompatibleDataAreRejected() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try train(demandingConfig, in: folder.path)
    let model = try TrainedModel(folder: folder)
    expectError("[1]", "[2]") {
      _ = try Evaluation.run(model: model, dataset: DataGenerator(.sine).make())
    }
    expectError("label 2", "2 classes") {
      _ = try Evaluation.run(model: model, dataset: DataGenerator(.blobs).make())
    }
  }
}
