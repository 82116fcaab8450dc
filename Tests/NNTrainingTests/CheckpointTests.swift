import Foundation
import NNCore
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// Checkpoints as files: what is rejected, what is removed, what is skipped.
@Suite struct CheckpointTests {
  private func checkpoint(
    step: Int, _ change: (inout TrainingProgress) -> Void = { _ in }
  ) -> Checkpoint {
    var progress = TrainingProgress(monitor: Monitor(figure: "val_loss", prefersHigher: false))
    progress.step = step
    change(&progress)
    return Checkpoint(progress: progress, tensors: [("model/w", HostTensor([1.5, Float(step)]))])
  }

  private static let impossible: [(String, @Sendable (inout TrainingProgress) -> Void)] = [
    ("epoch -1", { $0.epoch = -1 }),
    ("epoch 9223372036854775807", { $0.epoch = .max }),
    ("stepInEpoch -1", { $0.stepInEpoch = -1 }),
    ("step 3 with stepInEpoch 4", { $0.stepInEpoch = 4 }),
    ("rows 9223372036854775807", { $0.rows = .max }),
    ("weight inf", { $0.weight = .infinity }),
    ("weight -7.0", { $0.weight = -7 }),
    ("seconds -1.0", { $0.seconds = -1 }),
    ("seconds inf", { $0.seconds = .infinity }),
    ("lossSum nan", { $0.lossSum = .nan }),
  ]

  @Test(arguments: impossible.indices)
  func impossibleProgressIsDamage(index: Int) throws {
    let temporary = try TemporaryFolder()
    let (fault, change) = Self.impossible[index]
    let path = try checkpoint(step: 3, change).write(into: temporary.path, keep: 1)
    expectError("is damaged", fault, path) { _ = try Checkpoint(contentsOf: path) }
  }

  @Test func impossibleStepsAreDamageToo() throws {
    let temporary = try TemporaryFolder()
    for step in [-1, Int.max] {
      let path = try checkpoint(step: step).write(into: temporary.path, keep: 9)
      expectError("is damaged", "step \(step)") { _ = try Checkpoint(contentsOf: path) }
    }
  }

  @Test func theNewestCheckpointIsNeverRemoved() throws {
    let temporary = try TemporaryFolder()
    let newer = try checkpoint(step: 9).write(into: temporary.path, keep: 1)
    try AtomicFile.write(path: newer, [1, 2, 3])
    for step in 4...6 {
      let path = try checkpoint(step: step).write(into: temporary.path, keep: 1)
      #expect(try Checkpoint(contentsOf: path).progress.step == step)
      #expect(try Checkpoint.newest(in: temporary.path)?.progress.step == step)
    }
    #expect(!FileBytes.exists(temporary.path("step-000000005.safetensors")))
    #expect(FileBytes.exists(newer))
  }

  @Test func aFolderThatCannotBeReadIsNotEmpty() throws {
    let temporary = try TemporaryFolder()
    #expect(try Checkpoint.newest(in: temporary.path("nothing")) == nil)
    let file = try temporary.write("", to: "checkpoints")
    expectError("cannot be read: Not a directory", file) { _ = try Checkpoint.newest(in: file) }
    // A checkpoint that exists but cannot be opened counts as one, too.
    try FileManager.default.createSymbolicLink(
      atPath: temporary.path("step-000000001.safetensors"),
      withDestinationPath: "step-000000001.safetensors")
    expectError("no checkpoint can be read", "step-000000001", "symbolic links") {
      _ = try Checkpoint.newest(in: temporary.path)
    }
  }

  /// If the newest is damaged, the run warns, continues from the one before, and keeps its
  /// checkpoints.
  @Test(arguments: [1, 2])
  func aRunThatSkipsDamageKeepsItsCheckpoints(keep: Int) throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    let recorder = Recorder()
    try train(demandingConfig, in: folder.path, stoppingAfter: 8, observers: [recorder])
    let newest = try #require(recorder.checkpoints.last)
    try AtomicFile.write(path: newest, [1, 2, 3])
    let run = try TrainingRun(
      config: Config(yaml: demandingConfig, overrides: ["checkpoint.keep=\(keep)"]),
      folder: folder, resumes: true)
    #expect(run.warnings.count == 1)
    for part in [newest, "continuing from step 6", newest + ".damaged"] {
      #expect(run.warnings.first?.contains(part) == true, "\(run.warnings)")
    }
    var count = 0
    #expect(
      try run.run {
        count += 1; return count == 1
      } == .interrupted)
    #expect(try Checkpoint.newest(in: folder.checkpoints)?.progress.step == 7)
  }

  /// By default short epochs share a checkpoint; with `every`, each is written.
  @Test func shortEpochsShareACheckpoint() throws {
    let temporary = try TemporaryFolder()
    for (every, isExact) in [("null", false), ("1", true)] {
      let recorder = Recorder()
      let start = ContinuousClock.now
      try train(
        demandingConfig, in: temporary.path("run-\(every)"),
        overrides: [
          "epochs=30", "early_stopping=null", "checkpoint={every: \(every), interval: epoch}",
        ], observers: [recorder])
      let seconds = start.duration(to: .now) / .seconds(1)
      let count = Set(recorder.checkpoints).count
      #expect(isExact ? count == 30 : count <= 2 + Int(seconds), "\(count) in \(seconds) s")
      #expect(recorder.checkpoints.last?.hasSuffix("step-000000120.safetensors") == true)
    }
  }

  @Test func twoWritesAreASecondApart() {
    var pace = WritePace()
    #expect(pace.isDue(now: 0))
    pace.wrote(now: 3)
    #expect(!pace.isDue(now: 3.999))
    #expect(pace.isDue(now: 4))
    #expect(WritePace.interval == 1)
  }
}
