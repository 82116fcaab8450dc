import Foundation
import NNCore
import NNTestSupport
import NNTraining
import Testing

/// Which process owns a run folder, and for how long.
@Suite struct RunClaimTests {
  @Test func everyRunGetsAFolderOfItsOwn() throws {
    let temporary = try TemporaryFolder()
    let parent = temporary.path("runs")
    let first = try RunClaim.next(for: "c", under: parent)
    let second = try RunClaim.next(for: "c", under: parent)
    #expect(first.folder.path == "\(parent)/c-1")
    #expect(second.folder.path == "\(parent)/c-2")
    try temporary.write("name: c\n", to: "runs/c-7/config.yaml")
    try temporary.write("name: c\n", to: "runs/c-b-9/config.yaml")
    try temporary.write("name: c\n", to: "runs/c-010/config.yaml")
    try temporary.write("name: c\n", to: "runs/c-99999999999999999999/config.yaml")
    #expect(try RunClaim.next(for: "c", under: parent).folder.path == "\(parent)/c-8")
    withExtendedLifetime((first, second)) {}
  }

  @Test func anUnusedFolderIsRemoved() throws {
    let temporary = try TemporaryFolder()
    do {
      let claim = try RunClaim.next(for: "c", under: temporary.path("a/runs"))
      #expect(temporary.contains("a/runs/c-1/.lock"))
      withExtendedLifetime(claim) {}
    }
    #expect(!temporary.contains("a"))
    do {
      let claim = try RunClaim.next(for: "c", under: temporary.path("runs"))
      try temporary.write("mine", to: "runs/c-1/notes.txt")
      withExtendedLifetime(claim) {}
    }
    #expect(temporary.contains("runs/c-1/notes.txt"))
    expectError("30 examples") {
      try train(
        demandingConfig, in: temporary.path("bad"), overrides: ["data.batch_size=31"])
    }
    #expect(!temporary.contains("bad"))
  }

  /// A process was killed after it had claimed the folder and before it trained, or while it wrote
  /// the config.
  @Test(arguments: [[], [".config.yaml.1-1.tmp"]])
  func anUnusedFolderIsClaimedAgain(files: [String]) throws {
    let temporary = try TemporaryFolder()
    let parent = temporary.path("runs")
    for file in [".lock"] + files { try temporary.write("1\n", to: "runs/c-1/\(file)") }
    #expect(try RunClaim.next(for: "c", under: parent).folder.path == "\(parent)/c-1")
  }

  /// Gaps in the numbers hide no run, and folders without a run do not count.
  @Test func theLastRunIsFoundAfterGaps() throws {
    let temporary = try TemporaryFolder()
    let parent = temporary.path("runs")
    #expect(RunFolder.latest(for: "x", under: parent) == nil)
    try temporary.write("name: x\n", to: "runs/x-2/config.yaml")
    try temporary.write("name: x\n", to: "runs/x-11/config.yaml")
    try temporary.write("", to: "runs/x-12/.lock")
    #expect(RunFolder.latest(for: "x", under: parent)?.path == "\(parent)/x-11")
  }

  /// Starts a run in the folder of one that trains.
  private final class Intruder: TrainingObserver {
    let folder: RunFolder
    private(set) var error: (any Error)?
    init(_ folder: RunFolder) { self.folder = folder }

    func receive(_ event: TrainingEvent) {
      guard case .epoch(let epoch) = event, epoch.epoch == 2 else { return }
      do {
        let run = try TrainingRun(
          config: Config(yaml: demandingConfig), folder: folder, resumes: true)
        _ = try run.run()
      } catch { self.error = error }
    }
  }

  @Test func twoRunsNeverTrainInOneFolder() throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("alone"))
    let folder = RunFolder(temporary.path("run"))
    let intruder = Intruder(folder)
    try train(demandingConfig, in: folder.path, observers: [intruder])
    let text = "\(try #require(intruder.error))"
    #expect(text.contains("process \(getpid()) is training in this folder"))
    #expect(text.contains(folder.path))
    #expect(try modelBytes(folder.path) == modelBytes(temporary.path("alone")))
    // The lock was released at the end of the run.
    #expect(
      try TrainingRun(config: Config(yaml: demandingConfig), folder: folder, resumes: true)
        .isFinished)
  }
}
