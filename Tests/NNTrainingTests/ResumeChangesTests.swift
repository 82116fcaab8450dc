import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// A run that continues with another config or other data.
@Suite struct ResumeChangesTests {
  // MARK: - Normalisation

  private static let table = """
    name: table
    data: {train: {csv: data.csv, target: y}, batch_size: 4, shuffle: false, normalize: standard}
    model: [{linear: 1}]
    loss: mse
    optimizer: {sgd: {lr: 0.1}}
    epochs: 3
    """

  private static func csv(_ numbers: [Double]) -> String {
    "x,y\n" + numbers.map { "\($0),\(2 * $0)\n" }.joined()
  }

  private func config(_ folder: TemporaryFolder, _ overrides: [String] = []) throws -> Config {
    try Config(yaml: Self.table, folder: folder.path, overrides: overrides)
  }

  /// Rows that are a hundred times as large were added: the weights of the first epochs are useless
  /// with the normalisation fitted to these rows.
  @Test(arguments: [true, false])
  func theNormalizationBelongsToTheCheckpoint(isRecorded: Bool) throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try temporary.write(Self.csv((0..<8).map(Double.init)), to: "data.csv")
    let first = try TrainingRun(config: config(temporary), folder: folder)
    #expect(first.warnings.isEmpty)
    #expect(try first.run() == .completed)
    let before = try TrainedModel(folder: folder)
    #expect(before.normalization.offsets == [3.5])
    if !isRecorded {
      // As earlier versions wrote it, without data and config.
      let newest = try #require(try Checkpoint.newest(in: folder.checkpoints))
      _ = try Checkpoint(progress: newest.progress, tensors: newest.tensors)
        .write(into: folder.checkpoints, keep: 1)
    }
    try temporary.write(Self.csv((0..<8).map(Double.init) + [900, 901, 902, 903]), to: "data.csv")
    let second = try TrainingRun(
      config: config(temporary, ["epochs=4", "optimizer.sgd.lr=1e-30"]), folder: folder,
      resumes: true)
    let warnings = second.warnings.joined(separator: "\n")
    #expect(warnings.contains("the normalisation fitted when the run began is kept"), "\(warnings)")
    #expect(warnings.contains("(channel 0: (x - 3.5) / "), "\(warnings)")
    #expect(warnings.contains("optimizer.sgd.lr 0.1 -> 1.0e-30"), "\(warnings)")
    #expect(warnings.contains("training rows 8 -> 12") == isRecorded, "\(warnings)")
    #expect(try second.run() == .completed)
    let after = try TrainedModel(folder: folder)
    #expect(after.normalization == before.normalization)
    for (old, new) in zip(before.weights, after.weights) { #expect(old.tensor == new.tensor) }
  }

  @Test func anotherNormalizationIsIgnored() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try temporary.write(Self.csv((0..<8).map(Double.init)), to: "data.csv")
    _ = try TrainingRun(config: config(temporary), folder: folder).run()
    let run = try TrainingRun(
      config: config(temporary, ["epochs=4", "data.normalize=min_max"]), folder: folder,
      resumes: true)
    #expect(run.warnings.count == 2)
    #expect(run.warnings[0].contains("data.normalize standard -> min_max"))
    _ = try run.run()
    #expect(try TrainedModel(folder: folder).normalization.offsets == [3.5])
  }

  /// As with that of the inputs: predictions come back in the unit that the weights have learnt.
  @Test func theScaleOfTargetsBelongsToTheCheckpoint() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    let overrides = ["data.normalize=none", "data.normalize_target=standard"]
    try temporary.write(Self.csv((0..<8).map(Double.init)), to: "data.csv")
    _ = try TrainingRun(config: config(temporary, overrides), folder: folder).run()
    let before = try TrainedModel(folder: folder)
    try temporary.write(Self.csv((0..<8).map(Double.init) + [900, 901, 902, 903]), to: "data.csv")
    let second = try TrainingRun(
      config: config(temporary, overrides + ["epochs=4", "optimizer.sgd.lr=1e-30"]),
      folder: folder, resumes: true)
    let warnings = second.warnings.joined(separator: "\n")
    #expect(
      warnings.contains("the normalisation of targets fitted when the run began is kept"),
      "\(warnings)")
    #expect(try second.run() == .completed)
    let after = try TrainedModel(folder: folder)
    let rows = HostTensor([0.0, 3, 7], shape: [3, 1])
    #expect(try Predictor(after).predict(rows) == Predictor(before).predict(rows))
  }

  /// A class that sorts before the others would change the labels of all of them.
  @Test func otherClassesAreRejected() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    let overrides = ["loss=cross_entropy", "model=[{linear: 3}]", "data.normalize=none"]
    try temporary.write("x,y\n" + "1,b\n2,c\n3,b\n4,c\n", to: "data.csv")
    _ = try TrainingRun(config: config(temporary, overrides), folder: folder).run()
    try temporary.write("x,y\n" + "1,b\n2,c\n3,b\n4,a\n", to: "data.csv")
    expectError("classes", "b, c -> a, b, c", "data.csv") {
      _ = try TrainingRun(
        config: config(temporary, overrides + ["epochs=5"]), folder: folder, resumes: true)
    }
  }

  // MARK: - The config

  /// A run that has done six steps, with four per epoch, or two epochs.
  private func resumed(
    in temporary: TemporaryFolder, inEpoch: Bool, _ overrides: [String]
  ) throws -> TrainingRun {
    let folder = RunFolder(temporary.path("run"))
    let run = try TrainingRun(
      config: Config(yaml: demandingConfig, overrides: inEpoch ? [] : ["epochs=2"]),
      folder: folder, maximumSteps: inEpoch ? 6 : nil)
    _ = try run.run()
    let before = try FileBytes.read(folder.steps)
    do {
      return try TrainingRun(
        config: Config(yaml: demandingConfig, overrides: overrides), folder: folder, resumes: true)
    } catch {
      #expect(try FileBytes.read(folder.steps) == before)
      throw error
    }
  }

  @Test(arguments: [
    ("data.batch_size=10", "data.batch_size 8 -> 10"), ("seed=12", "seed 11 -> 12"),
    ("data.shuffle=false", "data.shuffle true -> false"),
    ("data.train.moons.samples=48", "training rows 30 -> 36"),
  ])
  func theMiddleOfAnEpochAllowsNoOtherOrder(change: String, difference: String) throws {
    let temporary = try TemporaryFolder()
    expectError("after step 2 of epoch 2", difference, "--init", "resume with the old values") {
      _ = try resumed(in: temporary, inEpoch: true, [change])
    }
  }

  @Test(arguments: [
    ("data.batch_size=10", "data.batch_size 8 -> 10"),
    ("data.train.moons.samples=48", "training rows 30 -> 36"),
    ("loss={cross_entropy: {label_smoothing: 0.1}}", "label_smoothing 0.0 -> 0.1"),
    ("model.3={dropout: 0.5}", "model.3.dropout.p 0.25 -> 0.5"),
    ("optimizer.adam.lr=0.01", "optimizer.adam.lr 0.05 -> 0.01"),
  ])
  func theEndOfAnEpochAllowsChangesWithAWarning(change: String, difference: String) throws {
    let temporary = try TemporaryFolder()
    let run = try resumed(in: temporary, inEpoch: false, [change])
    let warnings = run.warnings.joined(separator: "\n")
    #expect(warnings.contains("will not end with the same bits"), "\(warnings)")
    #expect(warnings.contains(difference), "\(warnings)")
    #expect(try run.run() != .interrupted)
  }

  @Test(arguments: [true, false])
  func changesWithoutEffectCauseNoWarning(inEpoch: Bool) throws {
    for change in [
      "epochs=9", "early_stopping={patience: 8}", "early_stopping=null", "log.every=3",
      "checkpoint={every: 2}", "name=other", "metrics=[]", "data.test={moons: {samples: 9}}",
    ] {
      let temporary = try TemporaryFolder()
      #expect(try resumed(in: temporary, inEpoch: inEpoch, [change]).warnings == [], "\(change)")
    }
  }

  @Test(arguments: ["optimizer={adamw: {lr: 0.05}}", "dtype=float64"])
  func incompatibleStatesAreRejected(change: String) throws {
    for inEpoch in [true, false] {
      expectError(
        "--init", change.contains("adamw") ? "adam, which adamw cannot continue" : "float64"
      ) {
        _ = try resumed(in: TemporaryFolder(), inEpoch: inEpoch, [change])
      }
    }
  }

  // MARK: - Tables

  private func table(_ temporary: TemporaryFolder, header: String) throws -> Config {
    let rows = (0..<20).map { "\($0),\($0 * 7 % 20),\($0 % 3)" }
    let path = try temporary.write(([header] + rows).joined(separator: "\n") + "\n", to: "t.csv")
    return try Config(
      yaml: """
        name: table
        data: {train: {csv: \(path), target: y}, normalize: standard}
        model: [{linear: 3}, tanh, {linear: 1}]
        loss: mse
        optimizer: {adam: {lr: 0.01}}
        epochs: 9
        """)
  }

  /// A batch size that adapts to the data is not a change.
  @Test func aSmallTableResumesInTheMiddleOfAnEpoch() throws {
    let temporary = try TemporaryFolder()
    let config = try table(temporary, header: "a,b,y")
    let folder = RunFolder(temporary.path("run"))
    _ = try TrainingRun(config: config, folder: folder, maximumSteps: 5).run()
    let run = try TrainingRun(config: config, folder: folder, resumes: true)
    #expect(run.warnings == [])
    #expect(try run.run() == .completed)
    let whole = RunFolder(temporary.path("whole"))
    _ = try TrainingRun(config: config, folder: whole).run()
    #expect(try FileBytes.read(folder.model) == FileBytes.read(whole.model))
  }

  @Test func reorderedColumnsAreRejected() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    _ = try TrainingRun(
      config: table(temporary, header: "a,b,y"), folder: folder, maximumSteps: 5
    ).run()
    expectError("the input columns are no longer", "a, b -> b, a", "features: [a, b]") {
      _ = try TrainingRun(
        config: table(temporary, header: "b,a,y"), folder: folder, resumes: true)
    }
  }

  @Test func otherMetricsMoveTheColumns() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try train(
      demandingConfig, in: folder.path, overrides: ["metrics=[accuracy, {top_k: 1}]", "epochs=2"])
    let old = try rows(folder.metrics)
    // Older versions name a metric without the data that it is measured on.
    let text = String(decoding: try FileBytes.read(folder.metrics), as: UTF8.self)
    try AtomicFile.write(
      path: folder.metrics, text: text.replacingOccurrences(of: "val_accuracy", with: "accuracy"))
    try train(
      demandingConfig, in: folder.path,
      overrides: ["metrics=[perplexity, accuracy]", "epochs=3"], resumes: true)
    let new = try rows(folder.metrics)
    #expect(old[0].count == 8 && new[0].count == 8)
    #expect(new[0][4] == old[0][3] && new[0][3] != old[0][4])
    #expect(new[0][5...7] == ["lr", "seconds", "samples_per_s"])
    #expect(new.count == 4)
    for (before, after) in zip(old.dropFirst(), new.dropFirst()) {
      #expect(after[0...2] == before[0...2])
      #expect(after[3] == "" && after[4] == before[3])
      #expect(after[5...7] == before[5...7])
    }
    #expect(new[3].allSatisfy { Double($0) != nil })
  }

  // MARK: - A folder that is removed

  /// Removes the run's folder, or a part of it, after an epoch.
  private final class Vandal: TrainingObserver {
    let path: String
    init(_ path: String) { self.path = path }
    func receive(_ event: TrainingEvent) {
      guard case .epoch(let epoch) = event, epoch.epoch == 2 else { return }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  @Test(arguments: ["", "/checkpoints"])
  func aRemovedFolderIsCreatedAgain(part: String) throws {
    let temporary = try TemporaryFolder()
    let whole = RunFolder(temporary.path("whole"))
    try train(demandingConfig, in: whole.path)
    let folder = RunFolder(temporary.path("run"))
    let run = try TrainingRun(config: Config(yaml: demandingConfig), folder: folder)
    #expect(try run.run(observers: [Vandal(folder.path + part)]) == .completed)
    #expect(run.warnings.count == 1)
    #expect(run.warnings.first?.contains("created again") == true)
    #expect(try modelBytes(folder.path) == modelBytes(whole.path))
    #expect(try rows(folder.steps) == rows(whole.steps))
    #expect(try rows(folder.metrics, droppingLast: 2) == rows(whole.metrics, droppingLast: 2))
    #expect(try Checkpoint.newest(in: folder.checkpoints)?.progress.isFinished == true)
    #expect(folder.holdsRun)
  }

  @Test func aFolderThatCannotBeCreatedAgainEndsTheRun() throws {
    let temporary = try TemporaryFolder()
    /// Creates a file in place of the folder.
    final class Blocker: TrainingObserver {
      let folder: TemporaryFolder
      init(_ folder: TemporaryFolder) { self.folder = folder }
      func receive(_ event: TrainingEvent) throws(NNError) {
        guard case .epoch(let epoch) = event, epoch.epoch == 1 else { return }
        try? FileManager.default.removeItem(atPath: folder.path("run"))
        _ = try? folder.write("", to: "run")
      }
    }
    expectError("run", "is a file", kind: .runFailed) {
      try train(
        demandingConfig, in: temporary.path("run"), observers: [Blocker(temporary)])
    }
  }

  // MARK: - Further training

  @Test(arguments: [
    ["epochs=40", "early_stopping={patience: 2, min_delta: 0.02}"], ["epochs=2"],
    ["epochs=9", "early_stopping={patience: 1, min_delta: 9}"],
  ])
  func theNamedChangesTrainFurther(overrides: [String]) throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try train(demandingConfig, in: folder.path, overrides: overrides)
    let run = try TrainingRun(
      config: Config(yaml: demandingConfig, overrides: overrides), folder: folder, resumes: true)
    #expect(run.isFinished)
    #expect(!run.changesThatContinue.isEmpty)
    #expect(run.stoppedEarly == (overrides.count == 2))
    let epochs = try rows(folder.metrics).count
    let further = try TrainingRun(
      config: Config(yaml: demandingConfig, overrides: overrides + run.changesThatContinue),
      folder: folder, resumes: true)
    #expect(!further.isFinished)
    _ = try further.run()
    #expect(try rows(folder.metrics).count > epochs)
  }
}
