import Foundation
import NNTestSupport
import Testing

@Suite("runs")
struct RunsCommandTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    for (run, options) in [
      ("runs/a-1", ["--set", "epochs=2"]), ("runs/a-2", ["--max-steps", "7"]),
      ("runs/b-1", ["--set", "early_stopping={patience: 1, min_delta: 9}", "--seed", "7"]),
    ] {
      let result = try CommandLine.program.run(
        workspace.arguments(options + ["--no-report"], run: run))
      #expect(result.status == 0, "\(result.standardError)")
    }
  }

  private func runs(_ arguments: String...) throws -> String {
    try CommandLine.succeed(arguments: ["runs"] + arguments, in: workspace.folder.path)
  }

  @Test("lists state, epochs, best figure, loss, time and size")
  func list() throws {
    try workspace.folder.write("name: broken\nmodel: [", to: "runs/broken-1/config.yaml")
    try workspace.folder.write("no run", to: "runs/notes/text")
    let result = try CommandLine.program.run("runs", in: workspace.folder.path)
    #expect(result.status == 0)
    #expect(result.standardError.hasPrefix("warning: runs/broken-1/config.yaml:"))
    let lines = result.standardOutput.split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    #expect(lines[0].split(separator: " ").first == "run")
    func line(_ name: String) -> String { lines.first { $0.hasPrefix("\(name) ") } ?? "" }
    #expect(line("a-1").contains("finished") && line("a-1").contains("2/2"))
    #expect(line("a-1").firstMatch(of: #/val_loss [\d.]+, epoch [12] /#) != nil)
    #expect(line("a-1").firstMatch(of: /20\d\d-\d\d-\d\d \d\d:\d\d +[\d.]+ KiB$/) != nil)
    #expect(line("a-2").contains("interrupted") && line("a-2").contains("1/3"))
    #expect(line("b-1").contains("stopped early") && line("b-1").contains("2/3"))
    #expect(line("broken-1").contains("damaged"))
    #expect(try runs("runs/a-1").split(separator: "\n").count == 3)
  }

  @Test("prints one object per run")
  func json() throws {
    let objects = try runs("--json").split(separator: "\n").map {
      try FixtureOption(json: String($0))
    }
    #expect(Set(objects.compactMap { $0["name"]?.text }) == ["a-1", "a-2", "b-1"])
    let first = try #require(objects.first { $0["name"]?.text == "a-1" })
    #expect(first["run"]?.text == "runs/a-1")
    #expect(first["state"]?.text == "finished")
    #expect(first["epochs_done"]?.integer == 2 && first["epochs"]?.integer == 2)
    #expect(first["monitor"]?.text == "val_loss")
    let metrics = try workspace.table("metrics.csv", run: "runs/a-1")
    let losses = metrics.dropFirst().compactMap { Double($0[2]) }
    #expect(first["best"]?.number == losses.min())
    #expect(first["best_epoch"]?.integer == (losses.firstIndex(of: losses.min() ?? 0) ?? 0) + 1)
    #expect(first["last_loss"]?.number == metrics.last.flatMap { Double($0[1]) })
    #expect(first["modified"]?.text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
    #expect((first["bytes"]?.integer ?? 0) > 1000)
  }

  @Test("reports a checkpoint that cannot be read")
  func damagedCheckpoint() throws {
    let checkpoints = workspace.path("runs/a-1/checkpoints")
    for name in try FileManager.default.contentsOfDirectory(atPath: checkpoints) {
      try workspace.folder.write("nothing", to: "runs/a-1/checkpoints/\(name)")
    }
    let result = try CommandLine.program.run(["runs", "runs/a-1"], in: workspace.folder.path)
    #expect(result.standardOutput.contains("damaged"))
    #expect(result.standardError.contains("step-000000010.safetensors"))
  }

  @Test("compares figures and options")
  func compare() throws {
    let text = try runs("compare", "runs/a-1", "runs/b-1")
    #expect(text.firstMatch(of: /epochs +2 of 2 +2 of 3\n/) != nil, "\(text)")
    #expect(text.firstMatch(of: /\nseed +42 +7\n/) != nil, "\(text)")
    #expect(!text.contains("data.batch_size"))
    let objects = try runs("compare", "runs/a-1", "runs/b-1", "--json").split(separator: "\n").map {
      try FixtureOption(json: String($0))
    }
    #expect(objects.map { $0["run"]?.text } == ["runs/a-1", "runs/b-1"])
    #expect(objects.map { $0["options"]?["seed"]?.text } == ["42", "7"])
    #expect(objects[0]["figures"]?["epochs"]?.text == "2 of 2")
    // Exact numbers, and the better of them marked in the table.
    let losses = objects.compactMap { $0["figures"]?["train_loss then"]?.number }
    try #require(losses.count == 2)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("train_loss then") })
    let cells = line.split(separator: " ").dropFirst(2)
    #expect(cells.firstIndex(of: "★") == cells.startIndex + (losses[0] < losses[1] ? 1 : 2))
    #expect(text.contains("\n★ the best of a row\n"))
    try CommandLine.fail(
      ["runs", "compare", "runs/a-1"], saying: ["two runs or more"], in: workspace.folder.path)
  }

  @Test("removes what a run has written, and nothing else")
  func remove() throws {
    try workspace.folder.write("mine", to: "runs/a-2/notes.txt")
    try workspace.folder.write("drawing", to: "runs/a-1/explanations/saliency-row-0.svg")
    #expect(try runs("rm", "runs/a-1") == "")
    #expect(!workspace.folder.contains("runs/a-1"))
    let kept = try CommandLine.program.run("runs", "rm", "runs/a-2/", in: workspace.folder.path)
    #expect(kept.status == 0)
    #expect(kept.standardError.contains("runs/a-2/: the folder is kept"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workspace.path("runs/a-2"))
        == ["notes.txt"])
  }

  @Test("removes nothing where one name is wrong")
  func refusedRemoval() throws {
    try workspace.folder.write("mine", to: "runs/notes/text")
    try FileManager.default.createSymbolicLink(
      atPath: workspace.path("runs/best"), withDestinationPath: "b-1")
    for (name, message) in [
      ("runs/notes", "no config.yaml"), ("runs/nothing", "no such run folder"),
      ("runs/best", "is a link"), ("runs/best/", "is a link"), (".", "no config.yaml"),
    ] {
      try CommandLine.fail(
        ["runs", "rm", "runs/a-1", name], saying: [message], in: workspace.folder.path)
    }
    try CommandLine.fail(["runs", "rm"], saying: ["run"], in: workspace.folder.path)
    #expect(workspace.folder.contains("runs/a-1/model.safetensors"))
    #expect(workspace.folder.contains("runs/notes/text"))
  }

  /// Numbers that no run writes, of which each once stopped a program.
  @Test(
    "and report take any numbers that tables hold",
    arguments: [
      "1,0.5,0.5,0.9,0.1,1e15,100\n2,0.4,0.4,0.9,0.1,1e15,1e300",
      "999999999999999,1e308,-1e308,nan,inf,0,inf", "1,nan,nan,nan,nan,0,nan",
      "9e15,0.5,0.5,0.9,0.1,1,1", "-1,0.5,0.5,0.9,0.1,1,1", "1,0.5,0.5,0.9,0.1,-1,1",
    ])
  func absurdTables(rows: String) throws {
    let header = "epoch,train_loss,val_loss,accuracy,lr,seconds,samples_per_s\n"
    try workspace.folder.write(header + rows + "\n", to: "runs/a-1/metrics.csv")
    try workspace.folder.write(
      "step,loss,lr,grad_norm\n1e300,1e308,inf,nan\n-1e300,-1e308,0,0\n", to: "runs/a-1/steps.csv")
    for arguments in [
      ["runs"], ["runs", "--json"], ["report", "runs/a-1"],
      ["runs", "compare", "runs/a-1", "runs/b-1"],
    ] {
      let result = try CommandLine.program.run(arguments, in: workspace.folder.path)
      #expect(result.status == 0 || result.status == 2, "\(arguments): \(result)")
      #expect(!result.standardError.contains("Fatal error"))
    }
  }

  /// Each number is one that a table may hold, their sum is beyond any integer.
  @Test("are reported however long their tables say they took")
  func absurdSum() throws {
    let rows = (1...12_000).map { "\($0),0.5,0.5,0.9,0.1,9e14,1\n" }
    try workspace.folder.write(
      "epoch,train_loss,val_loss,accuracy,lr,seconds,samples_per_s\n" + rows.joined(),
      to: "runs/a-1/metrics.csv")
    let text = try runs("compare", "runs/a-1", "runs/b-1")
    #expect(text.contains("1.08×10¹⁹ s"), "\(text)")
  }

  @Test("are continued next to event files of any name")
  func absurdEventFiles() throws {
    try workspace.folder.write("", to: "runs/a-2/events.out.tfevents.9223372036854775807.h")
    try workspace.folder.write("", to: "runs/a-2/events.out.tfevents.1700000000.h")
    let result = try CommandLine.program.run(
      workspace.arguments(
        ["--resume", "--set", "log={every: 1, tensorboard: true}", "--no-report"], run: "runs/a-2"))
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError == "")
    let files = try FileManager.default.contentsOfDirectory(atPath: workspace.path("runs/a-2"))
    #expect(files.filter { $0.hasPrefix("events.out.tfevents.") }.count == 3)
  }

  @Test("reports when there are no runs")
  func nothing() throws {
    try workspace.folder.write("", to: "empty/file")
    #expect(try runs("empty") == "no runs in empty\n")
    #expect(try runs("empty", "--json") == "")
    #expect(
      try CommandLine.succeed("runs", in: workspace.folder.path + "/empty")
        == "no runs in runs\n")
    try CommandLine.fail(
      ["runs", "nowhere"], saying: ["no such folder", "nowhere"], in: workspace.folder.path)
  }
}
