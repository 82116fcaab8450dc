import NNCore
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// A run that is interrupted and resumed ends with the same bits as an uninterrupted one.
@Suite struct ResumptionTests {
  /// Ends by epochs and by patience; checkpoints by steps and by epochs; without validation the
  /// last weights are kept.
  private static let variations: [[String]] = [
    [],
    ["epochs=40", "early_stopping={patience: 2, min_delta: 0.02}"],
    ["data.validation=null", "early_stopping=null", "data.drop_last=true"],
    ["checkpoint={every: 1, interval: epoch}", "optimizer={sgd: {lr: 0.1, momentum: 0.9}}"],
  ]

  @Test(arguments: variations)
  func interruptedAfterEveryStep(overrides: [String]) throws {
    let temporary = try TemporaryFolder()
    let whole = temporary.path("whole")
    let recorder = Recorder()
    let outcome = try train(
      demandingConfig, in: whole, overrides: overrides, observers: [recorder])
    #expect(outcome == (overrides.contains("epochs=40") ? .stoppedEarly : .completed))
    let stepCount = recorder.steps.count
    let expected = try modelBytes(whole)
    for limit in 1..<min(stepCount, 22) {
      let folder = temporary.path("after-\(limit)")
      let first = try train(
        demandingConfig, in: folder, overrides: overrides, stoppingAfter: limit)
      #expect(first == .interrupted)
      let second = try train(demandingConfig, in: folder, overrides: overrides, resumes: true)
      #expect(second == outcome)
      #expect(try modelBytes(folder) == expected, "interrupted after step \(limit)")
      #expect(
        try rows(RunFolder(folder).steps) == rows(RunFolder(whole).steps),
        "steps.csv, interrupted after step \(limit)")
      // The last two columns are times.
      #expect(
        try rows(RunFolder(folder).metrics, droppingLast: 2)
          == rows(RunFolder(whole).metrics, droppingLast: 2),
        "metrics.csv, interrupted after step \(limit)")
    }
    #expect(try rows(RunFolder(whole).steps).count == stepCount + 1)
  }

  @Test func interruptedAtEveryStepInTurn() throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("whole"))
    let folder = temporary.path("halting")
    var outcome = try train(demandingConfig, in: folder, stoppingAfter: 1)
    var calls = 1
    while outcome == .interrupted, calls < 100 {
      outcome = try train(demandingConfig, in: folder, resumes: true, stoppingAfter: 1)
      calls += 1
    }
    #expect(outcome == .completed)
    #expect(try modelBytes(folder) == modelBytes(temporary.path("whole")))
  }

  @Test func convolutionalNetworks() throws {
    let temporary = try TemporaryFolder()
    try train(convolutionalConfig, in: temporary.path("whole"))
    for limit in [1, 3, 5] {
      let folder = temporary.path("after-\(limit)")
      try train(convolutionalConfig, in: folder, stoppingAfter: limit)
      try train(convolutionalConfig, in: folder, resumes: true)
      #expect(try modelBytes(folder) == modelBytes(temporary.path("whole")))
    }
  }

  @Test func moreEpochsEqualALongerRun() throws {
    let temporary = try TemporaryFolder()
    let whole = temporary.path("whole")
    let folder = temporary.path("extended")
    try train(demandingConfig, in: whole, overrides: ["epochs=5", "early_stopping=null"])
    try train(demandingConfig, in: folder, overrides: ["epochs=2", "early_stopping=null"])
    let run = try TrainingRun(
      config: Config(yaml: demandingConfig, overrides: ["epochs=5", "early_stopping=null"]),
      folder: RunFolder(folder), resumes: true)
    #expect(!run.isFinished)
    #expect(try run.run() == .completed)
    #expect(try modelBytes(folder) == modelBytes(whole))
    #expect(try rows(RunFolder(folder).steps) == rows(RunFolder(whole).steps))
    #expect(
      try rows(RunFolder(folder).metrics, droppingLast: 2)
        == rows(RunFolder(whole).metrics, droppingLast: 2))
  }

  @Test func aStepLimitStopsAndMayBeLifted() throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("whole"))
    let folder = RunFolder(temporary.path("limited"))
    let config = try Config(yaml: demandingConfig)
    let limited = try TrainingRun(config: config, folder: folder, maximumSteps: 7)
    #expect(try limited.run() == .reachedStepLimit)
    #expect(try rows(folder.steps).count == 8)
    try train(demandingConfig, in: folder.path, resumes: true)
    #expect(try modelBytes(folder.path) == modelBytes(temporary.path("whole")))
  }

  @Test(arguments: ["cut", "flipped", "empty", "text"])
  func aDamagedCheckpointIsReplacedByTheOneBefore(damage: String) throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("whole"))
    let folder = temporary.path("damaged")
    let recorder = Recorder()
    try train(demandingConfig, in: folder, stoppingAfter: 8, observers: [recorder])
    let newest = try #require(recorder.checkpoints.last)
    var bytes = try FileBytes.read(newest)
    switch damage {
    case "cut": bytes.removeLast(bytes.count / 2)
    case "flipped": bytes[bytes.count - 5] ^= 1
    case "empty": bytes = []
    default: bytes = Array("nothing".utf8)
    }
    try AtomicFile.write(path: newest, bytes)
    expectError(kind: .invalidInput) { _ = try Checkpoint(contentsOf: newest) }
    let resumed = Recorder()
    try train(demandingConfig, in: folder, resumes: true, observers: [resumed])
    #expect(resumed.starts.first?.stepsDone == 6)
    #expect(try FileBytes.read(newest + ".damaged") == bytes)
    #expect(try modelBytes(folder) == modelBytes(temporary.path("whole")))
    #expect(
      try rows(RunFolder(folder).steps) == rows(RunFolder(temporary.path("whole")).steps))
  }

  @Test func withoutAnIntactCheckpointNothingIsChanged() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("damaged"))
    let recorder = Recorder()
    try train(demandingConfig, in: folder.path, stoppingAfter: 8, observers: [recorder])
    let paths = Array(Set(recorder.checkpoints)).sorted().suffix(2)
    for path in paths { try AtomicFile.write(path: path, [1, 2, 3]) }
    let files = [folder.steps, folder.metrics, folder.model] + paths
    let before = try files.map { try FileBytes.read($0) }
    let error = #expect(throws: NNError.self) {
      try train(demandingConfig, in: folder.path, resumes: true)
    }
    let text = "\(try #require(error))"
    #expect(error?.kind == .invalidInput)
    for part in ["no checkpoint can be read", "--overwrite"] + paths {
      #expect(text.contains(part), "\(text)")
    }
    #expect(try files.map { try FileBytes.read($0) } == before)
  }

  @Test(arguments: [1, 2, 3])
  func theNewestCheckpointsAreKept(keep: Int) throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path("run")
    let recorder = Recorder()
    try train(
      demandingConfig, in: folder, overrides: ["checkpoint.keep=\(keep)"], observers: [recorder])
    var distinct: [String] = []
    for path in recorder.checkpoints where !distinct.contains(path) { distinct.append(path) }
    #expect(distinct.count > 3)
    for (index, path) in distinct.enumerated() {
      let isKept = (try? Checkpoint(contentsOf: path)) != nil
      #expect(isKept == (index >= distinct.count - keep), "\(path)")
    }
  }

  @Test func anotherOptimizerIsRejected() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path("run")
    try train(demandingConfig, in: folder, stoppingAfter: 5)
    expectError("optimizer state of adam", "rmsprop cannot continue", "--init", folder) {
      try train(
        demandingConfig, in: folder, overrides: ["optimizer={rmsprop: {lr: 0.1}}"], resumes: true)
    }
    expectError("0.weight", "model.0.linear.out_features 9 -> 4", folder) {
      try train(
        demandingConfig, in: folder, overrides: ["model.0={linear: 4}"], resumes: true)
    }
  }
}
