import NNCore
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// When weights are written to their file.
@Suite struct ModelSaverTests {
  /// Records what would be written; fails while it is full.
  private final class Disk {
    var files: [Int32] = []
    var isFull = false

    func write(_ tensors: [(name: String, tensor: HostTensor)]) throws(NNError) {
      if isFull { throw .failed("No space left on device") }
      files += tensors.flatMap { $0.tensor.scalars(as: Int32.self) }
    }
  }

  private func saver(on disk: Disk) -> ModelSaver {
    ModelSaver { (tensors) throws(NNError) in try disk.write(tensors) }
  }

  private func weights(_ number: Int32, _ version: ModelSaver.Version? = nil) -> ModelSaver.Weights
  {
    .init(version ?? .best(epoch: Int(number)), [("w", HostTensor(scalar: number))])
  }

  @Test func theFirstAreWrittenAtOnceAndLaterOnesOnceASecond() throws {
    let disk = Disk()
    var saver = saver(on: disk)
    for (number, now) in [5.0, 5.1, 5.9, 6.0, 6.5, 6.99, 7.0, 30].enumerated() {
      try saver.save(weights(Int32(number)), now: now)
    }
    #expect(disk.files == [0, 3, 6, 7])
  }

  @Test func theNewestOfThoseThatWaitIsWritten() throws {
    let disk = Disk()
    var saver = saver(on: disk)
    for number in Int32(0)..<4 { try saver.save(weights(number), now: 0) }
    try saver.flushIfDue(now: 0.999)
    #expect(disk.files == [0])
    try saver.flushIfDue(now: 1)
    #expect(disk.files == [0, 3])
    try saver.flushIfDue(now: 9)
    try saver.flush()
    #expect(disk.files == [0, 3])
    try saver.save(weights(4), now: 9)
    try saver.save(weights(5), now: 9)
    try saver.flush()
    #expect(disk.files == [0, 3, 4, 5])
  }

  @Test func aVersionIsWrittenOnce() throws {
    let disk = Disk()
    var saver = saver(on: disk)
    try saver.save(weights(1, .last(step: 3)), now: 0)
    try saver.save(weights(1, .last(step: 3)), now: 9)
    #expect(disk.files == [1])
    try saver.save(weights(2, .best(epoch: 3)), now: 9)
    #expect(disk.files == [1, 2])
    // Back to the version in the file: what waited in between is out of date.
    try saver.save(weights(3, .best(epoch: 4)), now: 9)
    try saver.save(weights(2, .best(epoch: 3)), now: 9)
    try saver.flush()
    #expect(disk.files == [1, 2])
  }

  @Test func weightsThatCouldNotBeWrittenKeepWaiting() throws {
    let disk = Disk()
    var saver = saver(on: disk)
    disk.isFull = true
    expectError("No space left", kind: .runFailed) { try saver.save(weights(1), now: 0) }
    expectError("No space left", kind: .runFailed) { try saver.flush() }
    disk.isFull = false
    try saver.flush()
    #expect(disk.files == [1])
  }
}

/// The weights file of a run while the run continues.
@Suite struct ModelFileTests {
  /// Copies the run folder after every checkpoint.
  private final class Copier: TrainingObserver {
    let folder: RunFolder
    let copies: String
    private(set) var names: [String] = []

    init(_ folder: RunFolder, to copies: String) {
      self.folder = folder
      self.copies = copies
    }

    func receive(_ event: TrainingEvent) throws(NNError) {
      guard case .checkpoint(let path) = event else { return }
      let copy = RunFolder("\(copies)-\(names.count)")
      try copy.create()
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      for (old, new) in [
        (folder.config, copy.config), (folder.steps, copy.steps), (folder.metrics, copy.metrics),
        (folder.model, copy.model), (path, "\(copy.checkpoints)/\(name)"),
      ] where FileBytes.exists(old) {
        try AtomicFile.write(path: new, FileBytes.read(old))
      }
      names.append(copy.path)
    }
  }

  private static let variations: [[String]] = [
    [], ["data.validation=null", "early_stopping=null"],
    ["checkpoint={every: 2, interval: epoch}"],
  ]

  @Test(arguments: variations)
  func noCheckpointHasBetterWeightsThanTheFile(overrides: [String]) throws {
    let temporary = try TemporaryFolder()
    let whole = RunFolder(temporary.path("whole"))
    let copier = Copier(whole, to: temporary.path("copy"))
    try train(demandingConfig, in: whole.path, overrides: overrides, observers: [copier])
    #expect(copier.names.count > 2)
    for name in copier.names {
      let copy = RunFolder(name)
      let checkpoint = try #require(try Checkpoint.newest(in: copy.checkpoints))
      let best = checkpoint.tensors(under: "best/")
      if best.isEmpty { continue }
      let file = try SafeTensorsFile(contentsOf: copy.model)
      #expect(best == Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.tensor) }))
    }
  }

  /// A process may be killed before a checkpoint, after it, or between a checkpoint and the weights
  /// file; whichever of the two is older, the resumed run has the same result.
  @Test(arguments: variations)
  func aRunKilledBetweenTwoFilesEndsTheSame(overrides: [String]) throws {
    let temporary = try TemporaryFolder()
    let whole = RunFolder(temporary.path("whole"))
    let copier = Copier(whole, to: temporary.path("copy"))
    try train(demandingConfig, in: whole.path, overrides: overrides, observers: [copier])
    let expected = try modelBytes(whole.path)
    for (older, newer) in zip(copier.names, copier.names.dropFirst()) {
      // The weights are newer than the checkpoint.
      let ahead = RunFolder(newer + "-ahead")
      try ahead.create()
      let stale = RunFolder(older)
      for (source, target) in [
        (stale.config, ahead.config), (RunFolder(newer).steps, ahead.steps),
        (RunFolder(newer).metrics, ahead.metrics), (RunFolder(newer).model, ahead.model),
      ] where FileBytes.exists(source) {
        try AtomicFile.write(path: target, FileBytes.read(source))
      }
      let checkpoint = try #require(try Checkpoint.newest(in: stale.checkpoints))
      _ = try checkpoint.write(into: ahead.checkpoints, keep: 1)
      for folder in [stale, ahead] {
        try train(demandingConfig, in: folder.path, overrides: overrides, resumes: true)
        #expect(try modelBytes(folder.path) == expected, "\(folder.path)")
        #expect(try rows(folder.steps) == rows(whole.steps))
      }
    }
    // The last checkpoint marks the run as finished, so its weights must already be written.
    let last = try #require(copier.names.last)
    #expect(try modelBytes(last) == expected)
  }

  /// Ends a run after an epoch, as a full disk may.
  private final class Breaker: TrainingObserver {
    let epoch: Int
    init(after epoch: Int) { self.epoch = epoch }
    func receive(_ event: TrainingEvent) throws(NNError) {
      guard case .epoch(let done) = event, done.epoch == epoch else { return }
      throw .failed("no more")
    }
  }

  /// Five epochs take much less than the time between two writes.
  @Test(arguments: 1...5)
  func anErrorLeavesTheBestWeightsSoFar(epoch: Int) throws {
    let temporary = try TemporaryFolder()
    let (broken, short) = (RunFolder(temporary.path("broken")), RunFolder(temporary.path("short")))
    expectError("no more", kind: .runFailed) {
      try train(
        demandingConfig, in: broken.path, overrides: ["early_stopping=null"],
        observers: [Breaker(after: epoch)])
    }
    try train(
      demandingConfig, in: short.path, overrides: ["early_stopping=null", "epochs=\(epoch)"])
    let (found, wanted) = (
      try SafeTensorsFile(contentsOf: broken.model), try SafeTensorsFile(contentsOf: short.model)
    )
    #expect(found.tensors.map(\.name) == wanted.tensors.map(\.name))
    for (left, right) in zip(found.tensors, wanted.tensors) {
      #expect(left.tensor == right.tensor, "\(left.name)")
    }
  }
}
