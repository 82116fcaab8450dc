import Foundation
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Runs that share a working folder, a run folder, a disk or a terminal.
@Suite("Run folders")
struct RunFolderTests {
  /// Long enough to be met in the middle.
  /// Far more epochs than the tests wait for.
  private static let long = ["--set", "epochs=1000000", "--set", "checkpoint.every=1000"]

  private func start(
    _ workspace: Workspace, _ options: [String]
  ) throws -> RunningProgram {
    try CommandLine.program.start(
      ["train", workspace.config, "--progress", "none", "--no-report"] + options,
      in: workspace.folder.path)
  }

  @Test("are never shared by runs that start together")
  func startedTogether() throws {
    let workspace = try Workspace()
    let seeds = 1...6
    let running = try seeds.map { try start(workspace, ["--seed", "\($0)"]) }
    var folders: Set<String> = []
    for (seed, program) in zip(seeds, running) {
      let result = program.wait()
      #expect(result.status == 0, "\(result.standardError)")
      let line = result.standardOutput.split(separator: "\n").first { $0.hasPrefix("run folder: ") }
      let folder = String(try #require(line).dropFirst(12))
      folders.insert(folder)
      #expect(try workspace.folder.text(of: "\(folder)/config.yaml").contains("seed: \(seed)\n"))
      try workspace.train("--seed", "\(seed)", run: "alone-\(seed)")
      #expect(try workspace.weights(of: folder) == workspace.weights(of: "alone-\(seed)"))
    }
    #expect(folders == Set(seeds.map { "runs/tiny-\($0)" }))
  }

  @Test("are trained in by one process, and read by any")
  func locked() throws {
    let workspace = try Workspace()
    let run = workspace.path("run")
    let running = try start(workspace, Self.long + ["--run-dir", run])
    #expect(running.wait { workspace.folder.contains("run/model.safetensors") })
    let process = try workspace.folder.text(of: "run/.lock").split(separator: "\n")[0]
    for option in ["--resume", "--overwrite"] {
      try CommandLine.fail(
        workspace.arguments([option]),
        saying: ["process \(process) is training in this folder", run, "kill -INT \(process)"])
    }
    try CommandLine.succeed("evaluate", run)
    try CommandLine.succeed("report", run)
    let listed = try CommandLine.succeed("runs", run)
    #expect(listed.contains("training (\(process))"), "\(listed)")
    try CommandLine.fail(
      ["runs", "rm", run], saying: ["process \(process) is training in this folder"])
    // The lock ends with the process, however it ends.
    running.send(SIGKILL)
    _ = running.wait()
    #expect(try CommandLine.succeed("runs", run).contains("interrupted"))
    try workspace.train("--resume", "--set", "epochs=1500", "--set", "checkpoint.every=1000")
  }

  @Test("are not left by a run that never began")
  func failedStart() throws {
    let workspace = try Workspace()
    for change in ["data.batch_size=999", "model.3={linear: 1}"] {
      try CommandLine.fail(
        ["train", workspace.config, "--set", change], saying: [], in: workspace.folder.path)
      try CommandLine.fail(workspace.arguments(["--set", change]), saying: [])
    }
    #expect(!workspace.folder.contains("runs"))
    #expect(!workspace.folder.contains("run"))
  }

  @Test("are found after a gap in their numbers")
  func gaps() throws {
    let workspace = try Workspace()
    for _ in 1...2 { _ = try start(workspace, ["--set", "epochs=1"]).wait() }
    try FileManager.default.removeItem(atPath: workspace.path("runs/tiny-1"))
    let resumed = try CommandLine.succeed(
      "train", workspace.config, "--resume", "--set", "epochs=2", in: workspace.folder.path)
    #expect(resumed.contains("run folder: runs/tiny-2\n"))
    let new = try CommandLine.succeed("train", workspace.config, in: workspace.folder.path)
    #expect(new.contains("run folder: runs/tiny-3\n"))
  }

  @Test(
    "have names that stay inside runs/",
    arguments: [
      "../../esc", "a/b", "..", ".", "/tmp/x", "a\\0b", "a\\nb", String(repeating: "x", count: 300),
    ])
  func names(name: String) throws {
    let workspace = try Workspace("name: \"\(name)\"\n" + Workspace.circles)
    let error = try CommandLine.fail(
      ["train", workspace.config], saying: ["tiny.yaml:1:7", "plain file name", "hint: such as "],
      in: workspace.folder.path)
    #expect(!error.contains("\0"))
    #expect(!workspace.folder.contains("runs"))
  }

  // MARK: - External failures

  private func shell(_ script: String, in workspace: Workspace) throws -> ProgramResult {
    try Program(path: "/bin/sh").run(
      ["-c", script, CommandLine.program.path, workspace.config], in: workspace.folder.path)
  }

  private func temporaryFiles(_ workspace: Workspace) -> [String] {
    (FileManager.default.enumerator(atPath: workspace.folder.path)?.allObjects as? [String] ?? [])
      .filter { $0.hasSuffix(".tmp") }
  }

  @Test("name the limit that a file has met, and can be continued")
  func fileSizeLimit() throws {
    let workspace = try Workspace()
    // 512-byte blocks; steps.csv grows beyond them. The tests run on threads that block signals, which
    // programs inherit: without `env` the signal would never arrive.
    let result = try shell(
      "ulimit -f 24; exec env --default-signal=XFSZ \"$0\" train \"$1\" --run-dir run --no-report --set epochs=60"
        + " --set checkpoint.every=100",
      in: workspace)
    #expect(result.status == 1, "\(result)")
    #expect(result.standardError.contains("File too large"), "\(result.standardError)")
    #expect(temporaryFiles(workspace) == [])
    let options = ["--set", "epochs=60", "--set", "checkpoint.every=100", "--no-report"]
    try CommandLine.succeed(arguments: workspace.arguments(options + ["--resume"]))
    try CommandLine.succeed(arguments: workspace.arguments(options, run: "whole"))
    #expect(try workspace.weights() == workspace.weights(of: "whole"))
    #expect(
      try workspace.folder.text(of: "run/steps.csv")
        == workspace.folder.text(of: "whole/steps.csv"))
  }

  @Test("are finished although the progress is no longer read")
  func closedPipe() throws {
    let workspace = try Workspace()
    let result = try shell(
      "(\"$0\" train \"$1\" --run-dir run; echo $? >status) | head -c 5", in: workspace)
    #expect(result.standardOutput == "train")
    #expect(result.standardError == "")
    #expect(try workspace.folder.text(of: "status") == "0\n")
    #expect(workspace.folder.contains("run/report.html"))
    #expect(temporaryFiles(workspace) == [])
  }

  @Test("are not left by nohup when the terminal closes")
  func ignoredHangup() throws {
    let workspace = try Workspace()
    let running = try Program(path: "/bin/sh").start(
      [
        "-c",
        "trap '' HUP; exec \"$0\" train \"$1\" --run-dir run --set epochs=150 --set checkpoint.every=1000 --progress json",
        CommandLine.program.path, workspace.config,
      ], in: workspace.folder.path)
    #expect(running.wait { running.standardOutput.contains("\"step\": 12,") })
    running.send(SIGHUP)
    #expect(running.wait().status == 0)
  }

  @Test("are completed where the end was cut off")
  func completion() throws {
    let workspace = try Workspace()
    try workspace.train()
    let test = try workspace.folder.text(of: "run/test.json")
    for name in ["test.json", "report.html"] {
      try FileManager.default.removeItem(atPath: workspace.path("run/\(name)"))
    }
    let output = try workspace.train("--resume")
    #expect(output.contains("missing results have been added"))
    #expect(output.firstMatch(of: /test: loss [\d.]+, accuracy [\d.]+\n/) != nil)
    #expect(try workspace.folder.text(of: "run/test.json") == test)
    #expect(workspace.folder.contains("run/report.html"))
    #expect(try workspace.train("--resume").contains("is finished; nothing to do"))
    try FileManager.default.removeItem(atPath: workspace.path("run/report.html"))
    _ = try workspace.train("--resume", "--no-report")
    #expect(!workspace.folder.contains("run/report.html"))
  }

  @Test("that stopped early report how to train them further")
  func stoppedEarly() throws {
    let workspace = try Workspace()
    let options = [
      "--set", "epochs=30", "--set", "early_stopping={patience: 2, min_delta: 9}", "--resume",
    ]
    let first = try CommandLine.program.run(workspace.arguments(options))
    #expect(first.standardOutput.contains("stopped early"))
    let epochs = try workspace.table("metrics.csv").count
    #expect(epochs < 30)
    let output = try CommandLine.succeed(arguments: workspace.arguments(options))
    let hint = try #require(output.firstMatch(of: /hint: --set (\S+) trains it further/))
    #expect(output.contains("stopped early; nothing to do"))
    let further = options + ["--set", String(hint.1)]
    try CommandLine.succeed(arguments: workspace.arguments(further))
    #expect(try workspace.table("metrics.csv").count > epochs)
  }

  @Test("report the differences of a resumed run from the first")
  func warnings() throws {
    let workspace = try Workspace()
    try workspace.train("--set", "epochs=1")
    let result = try CommandLine.program.run(
      workspace.arguments(["--resume", "--set", "optimizer.adam.lr=0.5"]))
    #expect(result.status == 0)
    #expect(result.standardError.contains("optimizer.adam.lr 0.02 -> 0.5"))
    #expect(result.standardError.hasPrefix("warning: "))
    let quiet = try CommandLine.program.run(
      workspace.arguments(["--resume", "--set", "epochs=4", "--quiet", "--seed", "1"]))
    #expect(quiet.status == 0 && quiet.standardError == "")
  }
}
