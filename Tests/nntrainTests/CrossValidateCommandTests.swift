import Foundation
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("cross-validate")
struct CrossValidateCommandTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func run(_ arguments: String...) throws -> String {
    try CommandLine.succeed(
      arguments: ["cross-validate", workspace.config] + arguments, in: workspace.folder.path)
  }

  /// The predictions and the weights of all folds.
  private func results(_ folder: String) throws -> [Data] {
    let runs = try FileManager.default.contentsOfDirectory(
      atPath: workspace.path("\(folder)/runs"))
    return try (["predictions.csv"] + runs.sorted().map { "runs/\($0)/model.safetensors" })
      .map { try Data(contentsOf: URL(filePath: workspace.path("\(folder)/\($0)"))) }
  }

  @Test("prints folds with mean and deviation, and writes tables, predictions and a page")
  func summary() throws {
    let text = try run("--folds", "4")
    #expect(text.contains("run 1/4  fold 1  loss "))
    #expect(text.firstMatch(of: /\nfold +train +held out +epochs +loss +accuracy\n/) != nil)
    #expect(
      text.firstMatch(of: /\nmean +[\d.]+ +[\d.]+\ndeviation: loss ± .*, accuracy ± [\d.]/) != nil)
    #expect(text.contains("4 stratified folds finished after "))
    let page = try workspace.folder.text(of: "folds/tiny-1/folds.html")
    for part in ["<h1>Cross-validation: tiny</h1>", "Figures by fold", "deviation", "accuracy"] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("<script"))
    let table = try workspace.table("folds.csv", run: "folds/tiny-1")
    #expect(table.count == 5 && table[0].suffix(2) == ["loss", "accuracy"])
    // 200 rows: 50 are held out, a fifth of the others are for validation.
    #expect(table.dropFirst().allSatisfy { $0[4] == "120" && $0[5] == "50" })
    let predictions = try workspace.table("predictions.csv", run: "folds/tiny-1")
    #expect(predictions.count == 201)
    let runs = try CommandLine.succeed(
      "runs", "folds/tiny-1/runs", in: workspace.folder.path)
    #expect(runs.split(separator: "\n").count == 6)
    // The rows that a fold left out are its test data.
    let evaluation = try FixtureOption(
      json: CommandLine.succeed(
        "evaluate", "folds/tiny-1/runs/fold-2", "--json", in: workspace.folder.path))
    let document = try FixtureOption(
      json: workspace.folder.text(of: "folds/tiny-1/folds.json"))
    let figures = document["runs"]?.list?[1]["figures"]
    #expect(evaluation["figures"]?["accuracy"]?.number == figures?["accuracy"]?.number)
    try CommandLine.succeed("report", "folds/tiny-1/runs/fold-2", in: workspace.folder.path)
  }

  @Test("prints one document, the same for any number of parallel folds")
  func json() throws {
    let text = try run(
      "--folds", "3", "--seeds", "2", "--json", "--run-dir", "a", "--parallel", "1")
    let document = try FixtureOption(json: text)
    #expect(document["kind"]?.text == "stratified" && document["folds"]?.integer == 3)
    let runs = try #require(document["runs"]?.list)
    #expect(runs.count == 6)
    let values = runs.compactMap { $0["figures"]?["accuracy"]?.number }
    let mean = values.reduce(0, +) / 6
    #expect(document["summary"]?["accuracy"]?["mean"]?.number == mean)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
    let found = try #require(document["summary"]?["accuracy"]?["std"]?.number)
    #expect(abs(found - deviation) < 1e-12)
    #expect(document["summary_of_seeds"]?["loss"]?["std"]?.number != nil)
    let other = try run(
      "--folds", "3", "--seeds", "2", "--json", "--run-dir", "b", "--parallel", "4")
    #expect(other.replacing("\"b", with: "\"a") == text)
    #expect(try results("a") == results("b"))
    let quiet = try run("--folds", "2", "--quiet", "--run-dir", "c")
    #expect(quiet.hasPrefix("fold ") && !quiet.contains("report:"))
    let events = try run("--folds", "2", "--progress", "json", "--run-dir", "d")
    #expect(events.hasPrefix("{\"event\": \"fold\", \"fold\": 1, "))
  }

  @Test("survives being killed at any moment, with the same bits")
  func kills() throws {
    let settings = ["--set", "epochs=60", "--set", "checkpoint={every: 40, interval: step}"]
    try CommandLine.succeed(
      arguments: ["cross-validate", workspace.config, "--run-dir", "whole"] + settings,
      in: workspace.folder.path)
    let whole = try results("whole")
    #expect(whole.count == 6)
    let isFull = ProcessInfo.processInfo.environment["NN_FULL_TESTS"] == "1"
    let arguments =
      ["cross-validate", workspace.config, "--run-dir", "killed", "--resume", "--parallel", "2"]
      + settings
    for kill in 1...(isFull ? 20 : 3) {
      let running = try CommandLine.program.start(arguments, in: workspace.folder.path)
      let end = Date().addingTimeInterval(Double(kill * 37 % 10) * 0.05 + 0.05)
      _ = running.wait(timeout: 30) { Date() >= end }
      running.send(SIGKILL)
      _ = running.wait()
    }
    let result = try CommandLine.program.run(arguments, in: workspace.folder.path)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try results("killed") == whole)
  }

  @Test("saves on Ctrl-C, exits with 130 and names the command that continues")
  func interruption() throws {
    let running = try CommandLine.program.start(
      [
        "cross-validate", workspace.config, "--set", "epochs=4000", "--folds", "3", "--run-dir",
        "s",
      ],
      in: workspace.folder.path)
    #expect(running.wait { workspace.folder.contains("s/runs/fold-1/config.yaml") })
    running.send(SIGINT)
    let result = running.wait()
    #expect(result.status == 130)
    #expect(result.standardError.contains("continue with: nntrain cross-validate"))
    #expect(result.standardError.contains("--set cross_validate.folds=3"))
    #expect(result.standardError.contains("--run-dir s --resume"))
  }

  @Test("refuses wrong input with a fix")
  func wrong() throws {
    func refuse(_ arguments: [String], saying parts: String...) throws {
      try CommandLine.fail(
        ["cross-validate", workspace.config] + arguments, saying: parts,
        in: workspace.folder.path)
    }
    try refuse(["--parallel", "0"], saying: "--parallel is 0")
    try refuse(["--folds", "1"], saying: "cross_validate.folds", "an integer from 2 to 1000")
    try refuse(["--folds", "900"], saying: "900 folds of 200 rows", "use fewer folds")
    try refuse(
      ["--set", "cross_validate={group_by: who}"], saying: "neither columns nor arrays of groups")
    try refuse(["--set", "cross_validate={kind: grouped}"], saying: "needs `group_by`", "COLUMN")
    try refuse(
      ["--set", "cross_validate={kind: time}", "--repeats", "2"], saying: "never shuffled")
    _ = try run("--folds", "2", "--run-dir", "known")
    try refuse(["--folds", "2", "--run-dir", "known"], saying: "already holds", "--resume")
    try refuse(
      ["--folds", "2", "--run-dir", "known", "--resume", "--set", "epochs=9"],
      saying: "epochs 3 -> 9")
    // A folder that was claimed and not used is removed.
    #expect(!workspace.folder.contains("folds"))
  }
}

@Suite("learning-curve")
struct LearningCurveCommandTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func run(_ arguments: String...) throws -> String {
    try CommandLine.succeed(
      arguments: ["learning-curve", workspace.config] + arguments, in: workspace.folder.path)
  }

  @Test("prints a table, and writes a picture and a page")
  func summary() throws {
    let text = try run("--sizes", "0.25, 0.5,1", "--seeds", "2")
    #expect(
      text.firstMatch(
        of: /\nsize +rows +test loss +test accuracy +training loss +training accuracy/)
        != nil)
    #expect(text.firstMatch(of: /\n0\.25 +40 +[\d.]+ ± [\d.e-]+/) != nil)
    #expect(text.contains("measured on the test data; finished after "))
    let page = try workspace.folder.text(of: "learning-curves/tiny-1/learning-curve.html")
    for part in ["<h1>Learning curve: tiny</h1>", "training rows", "accuracy"] {
      #expect(page.contains(part), "\(part)")
    }
    let picture = try workspace.folder.text(of: "learning-curves/tiny-1/learning-curve.svg")
    #expect(picture.contains("<svg") && picture.contains("training rows"))
    let table = try workspace.table("learning-curve.csv", run: "learning-curves/tiny-1")
    #expect(table.count == 7 && table[1][0] == "0.25" && table[1][3] == "40")
  }

  @Test("prints one document, and repeats all rows with several seeds")
  func seeds() throws {
    let document = try FixtureOption(json: run("--sizes", "1", "--seeds", "3", "--json"))
    let size = try #require(document["sizes"]?.list?[0])
    #expect(size["runs"]?.list?.count == 3 && size["train_rows"]?.integer == 160)
    let values = try #require(size["runs"]?.list).compactMap { $0["test"]?["loss"]?.number }
    #expect(size["test"]?["loss"]?["mean"]?.number == values.reduce(0, +) / 3)
    #expect(Set(values).count == 3)
  }

  @Test("saves on Ctrl-C, exits with 130 and names the command that continues")
  func interruption() throws {
    let running = try CommandLine.program.start(
      ["learning-curve", workspace.config, "--set", "epochs=4000", "--run-dir", "s"],
      in: workspace.folder.path)
    #expect(running.wait { workspace.folder.contains("s/runs/size-0.1/config.yaml") })
    running.send(SIGINT)
    let result = running.wait()
    #expect(result.status == 130)
    #expect(result.standardError.contains("continue with: nntrain learning-curve"))
    #expect(result.standardError.contains("--run-dir s --resume"))
  }

  @Test("refuses wrong input with a fix")
  func wrong() throws {
    for (arguments, part) in [
      (["--sizes", "0.5,many"], "--sizes: `many` is no number"),
      (["--sizes", "2"], "no size 2"), (["--sizes", "0.5,0.5"], "different shares"),
      (["--seeds", "0"], "--seeds is 0"), (["--parallel", "0"], "--parallel is 0"),
      (["--set", "data.validation=null", "--set", "data.test=null"], "names neither"),
      (["--set", "data.subset=0.5"], "data.subset=null"),
    ] {
      try CommandLine.fail(
        ["learning-curve", workspace.config] + arguments, saying: [part],
        in: workspace.folder.path)
    }
    #expect(!workspace.folder.contains("learning-curves"))
  }
}

@Suite("Splits on the command line")
struct SplitCommandTests {
  @Test("test rows of the training source are measured once, and evaluate finds them again")
  func testSplit() throws {
    let workspace = try Workspace()
    let text = try workspace.train("--set", "data.test={split: 0.25, seed: 2}")
    #expect(text.contains("test"))
    let figures = try FixtureOption(json: workspace.folder.text(of: "run/test.json"))
    let again = try FixtureOption(
      json: CommandLine.succeed("evaluate", workspace.path("run"), "--json"))
    #expect(again["figures"]?["accuracy"]?.number == figures["accuracy"]?.number)
    #expect(again["figures"]?["loss"]?.number == figures["loss"]?.number)
  }

  @Test("refuses wrong splits with a fix")
  func wrong() throws {
    let workspace = try Workspace()
    for (change, parts) in [
      ("data.test={split: 0.999}", ["a test share of 0.999 leaves training", "smaller share"]),
      ("data.test={split: 0.2, group_by: who}", ["neither columns nor arrays", "csv and npz"]),
      ("data.validation={split: 0.2, gap: 3}", ["a distance in time", "order: time"]),
      ("data.validation={split: 0.2, order: time, gap: 170}", ["170 before it are the gap"]),
      ("data.validation={split: 0.2, order: time, group_by: a}", ["leave one of them out"]),
    ] {
      try CommandLine.fail(
        ["train", workspace.config, "--set", change], saying: parts, in: workspace.folder.path)
    }
  }
}
