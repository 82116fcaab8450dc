import NNCore
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// Errors that end a run, or prevent its start; files on disk are never lost.
@Suite struct RunFailureTests {
  private static let exploding = """
    name: exploding
    data: {train: {sine: {samples: 24}}, batch_size: 8}
    model:
      - linear: 6
      - {name: curve, softplus: {}}
      - linear: 1
    loss: mse
    optimizer: {sgd: {lr: 1.0e+25}}
    epochs: 4
    checkpoint: {every: 1, interval: step}
    log: {every: 1}
    """

  @Test func aHugeLearningRateStopsNamingStepAndLayer() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    let recorder = Recorder()
    expectError(
      "step 2", "(epoch 1)", "`2` (Dense 1)", "learning rate", kind: .runFailed
    ) { try train(Self.exploding, in: folder.path, observers: [recorder]) }
    #expect(recorder.steps.count == 1)
    try expectFiniteCheckpoint(in: folder)
  }

  /// The loss is still finite when an update leaves weights that are not: they must not replace the
  /// last good checkpoint.
  @Test(arguments: ["1.0e+38", "1.0e+60"])
  func weightsThatOverflowAreNotSaved(rate: String) throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try train(
      Self.exploding, in: folder.path, overrides: ["optimizer.sgd.lr=0.001"], stoppingAfter: 4)
    let before = try modelBytes(folder.path)
    expectError("step 5", "`", "not finite", "learning rate", kind: .runFailed) {
      try train(
        Self.exploding, in: folder.path, overrides: ["optimizer.sgd.lr=\(rate)", "epochs=9"],
        resumes: true)
    }
    try expectFiniteCheckpoint(in: folder)
    #expect(try modelBytes(folder.path) == before)
    // The saved state can be continued.
    #expect(
      try train(
        Self.exploding, in: folder.path, overrides: ["optimizer.sgd.lr=0.001"], resumes: true)
        == .completed)
  }

  private func expectFiniteCheckpoint(in folder: RunFolder) throws {
    let checkpoint = try #require(try Checkpoint.newest(in: folder.checkpoints))
    #expect(!checkpoint.tensors.isEmpty)
    for (name, tensor) in checkpoint.tensors {
      #expect(tensor.doubles.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  @Test func aFolderThatHoldsARunIsRejected() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    let config = try Config(yaml: demandingConfig)
    #expect(!folder.holdsRun)
    try train(demandingConfig, in: folder.path)
    #expect(folder.holdsRun)
    let bytes = try modelBytes(folder.path)
    expectError("already holds a run", folder.path, "--resume", "--overwrite") {
      _ = try TrainingRun(config: config, folder: folder)
    }
    #expect(try modelBytes(folder.path) == bytes)

    let finished = try TrainingRun(config: config, folder: folder, resumes: true)
    #expect(finished.isFinished)

    let replaced = try TrainingRun(config: config, folder: folder, overwrites: true)
    #expect(!replaced.isFinished)
    #expect(try Checkpoint.newest(in: folder.checkpoints) == nil)
    #expect(try replaced.run() == .completed)
    #expect(try modelBytes(folder.path) == bytes)
  }

  @Test func resumingWithoutACheckpointStartsFromTheBeginning() throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("whole"))
    try train(demandingConfig, in: temporary.path("fresh"), resumes: true)
    #expect(
      try modelBytes(temporary.path("fresh")) == modelBytes(temporary.path("whole")))
  }

  @Test func aFolderThatCannotBeCreatedIsNamed() throws {
    let temporary = try TemporaryFolder()
    try temporary.write("a file", to: "occupied")
    expectError("run folder", temporary.path("occupied")) {
      try train(demandingConfig, in: temporary.path("occupied/run"))
    }
  }

  @Test(
    arguments: [
      (["data.batch_size=31"], ["batch_size 31", "30 examples"]),
      (["model.4={linear: 1}"], ["label"]),
      (["model.0={conv2d: {out_channels: 2, kernel_size: 3}}"], ["`0` (Conv2D", "[N, 2]"]),
      (["data.validation={blobs: {samples: 9, classes: 5}}"], ["blobs"]),
    ])
  func incompatibilitiesAreFoundBeforeAnythingIsWritten(
    overrides: [String], parts: [String]
  ) throws {
    let temporary = try TemporaryFolder()
    let error = #expect(throws: NNError.self) {
      try train(demandingConfig, in: temporary.path("run"), overrides: overrides)
    }
    for part in parts { #expect("\(try #require(error))".contains(part)) }
    #expect(!RunFolder(temporary.path("run")).holdsRun)
  }

  @Test func initialWeightsFromAFile() throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("source"))
    let weights = RunFolder(temporary.path("source")).model
    let config = try Config(yaml: demandingConfig, overrides: ["optimizer={sgd: {lr: 1e-30}}"])
    let folder = RunFolder(temporary.path("copy"))
    let run = try TrainingRun(config: config, folder: folder, initialWeights: weights)
    #expect(try run.run() == .completed)
    let saved = try TrainedModel(folder: folder).weights
    for (name, tensor) in try TrainedModel(contentsOf: weights).weights
    where !name.hasPrefix("1.") {
      expectIdentical(try #require(saved.first { $0.name == name }?.tensor), tensor, name)
    }
    expectError("0.weight", weights) {
      _ = try TrainingRun(
        config: Config(yaml: demandingConfig, overrides: ["model.0={linear: 3}"]),
        folder: RunFolder(temporary.path("other")), initialWeights: weights)
    }
  }
}
