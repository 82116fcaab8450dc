import Foundation
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("search")
struct SearchCommandTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace(
      Workspace.circles + """

        search:
          metric: val_accuracy
          trials: 8
          round: 4
          pruner: asha
          parameters:
            optimizer.adam.lr: {log: [1.0e-3, 1.0e-1]}
            model.0.linear.out_features: {range: [2, 16], step: 2}
        """)
  }

  private func run(_ arguments: String...) throws -> String {
    try CommandLine.succeed(
      arguments: ["search", workspace.config] + arguments, in: workspace.folder.path)
  }

  @Test("prints trials and a table, and writes best.yaml and search.html")
  func summary() throws {
    let text = try run()
    #expect(text.contains("trial 1/8  "))
    #expect(text.firstMatch(of: /\ntrial +state +val_accuracy +epochs +optimizer\.adam\.lr/) != nil)
    #expect(text.firstMatch(of: /finished after .*: 8 trials \(.*complete.*\), \d+ epochs/) != nil)
    #expect(text.contains("\n  nntrain train searches/tiny-1/best.yaml"))
    let page = try workspace.folder.text(of: "searches/tiny-1/search.html")
    for part in ["<h1>Search: tiny</h1>", "History", "Trials", "Best config", "optimizer.adam.lr"] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("<script"))
    try CommandLine.succeed(
      "check", workspace.path("searches/tiny-1/best.yaml"), in: workspace.folder.path)
    let runs = try CommandLine.succeed(
      "runs", "searches/tiny-1/trials", in: workspace.folder.path)
    #expect(runs.split(separator: "\n").count == 10)
  }

  @Test("prints one document, and every event of the journal")
  func json() throws {
    let document = try FixtureOption(json: run("--json"))
    #expect(document["folder"]?.text == "searches/tiny-1")
    #expect(document["metric"]?.text == "val_accuracy" && document["goal"]?.text == "maximize")
    #expect(document["outcome"]?.text == "finished")
    let trials = try #require(document["trials"]?.list)
    #expect(trials.count == 8)
    let best = try #require(document["best"]?.integer)
    let values = trials.filter { $0["state"]?.text == "complete" }.compactMap {
      $0["value"]?.number
    }
    #expect(trials[best - 1]["value"]?.number == values.max())
    #expect(trials[0]["values"]?["optimizer.adam.lr"]?.number != nil)
    let events = try CommandLine.succeed(
      "search", workspace.config, "--progress", "json", "--dir", "other", "--json",
      in: workspace.folder.path)
    #expect(events == (try run("--json", "--dir", "third")).replacing("third", with: "other"))
    let lines = try run("--progress", "json", "--dir", "fourth").split(separator: "\n")
    let journal = try workspace.folder.text(of: "fourth/journal.jsonl").split(separator: "\n")
    // The first event is that of the config.
    #expect(Array(lines.prefix(journal.count - 1)) == Array(journal.dropFirst()))
  }

  @Test("survives being killed at any moment, with the same journal")
  func kills() throws {
    let settings = ["--set", "epochs=60", "--set", "checkpoint={every: 40, interval: step}"]
    let changes = settings + ["--parallel", "2"]
    try CommandLine.succeed(
      arguments: ["search", workspace.config, "--dir", "whole", "--parallel", "1"] + settings,
      in: workspace.folder.path)
    let whole = try workspace.folder.text(of: "whole/journal.jsonl")
    let isFull = ProcessInfo.processInfo.environment["NN_FULL_TESTS"] == "1"
    let arguments = ["search", workspace.config, "--dir", "killed", "--resume"] + changes
    for kill in 1...(isFull ? 20 : 4) {
      let running = try CommandLine.program.start(arguments, in: workspace.folder.path)
      let seconds = Double(kill * 37 % 10) * 0.05 + 0.05
      let end = Date().addingTimeInterval(seconds)
      _ = running.wait(timeout: 30) { Date() >= end }
      running.send(SIGKILL)
      _ = running.wait()
      let journal = (try? workspace.folder.text(of: "killed/journal.jsonl")) ?? ""
      let complete = journal.prefix(through: journal.lastIndex(of: "\n") ?? journal.startIndex)
      #expect(whole.hasPrefix(complete))
    }
    let result = try CommandLine.program.run(arguments, in: workspace.folder.path)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try workspace.folder.text(of: "killed/journal.jsonl") == whole)
  }

  @Test("saves on Ctrl-C, exits with 130 and names the command that continues")
  func interruption() throws {
    let running = try CommandLine.program.start(
      ["search", workspace.config, "--set", "epochs=4000", "--dir", "stopped"],
      in: workspace.folder.path)
    #expect(running.wait { workspace.folder.contains("stopped/trials/0001/config.yaml") })
    running.send(SIGINT)
    let result = running.wait()
    #expect(result.status == 130)
    #expect(result.standardError.contains("continue with: nntrain search"))
    #expect(result.standardError.contains("--dir stopped --resume"))
    #expect(result.standardOutput.contains("interrupted; the state of all trials is saved"))
  }

  @Test("refuses wrong input with a fix")
  func wrong() throws {
    func refuse(_ arguments: [String], status: Int32 = 2, saying parts: String...) throws {
      try CommandLine.fail(
        ["search", workspace.config] + arguments, status: status, saying: parts,
        in: workspace.folder.path)
    }
    try refuse(["--trials", "0"], saying: "--trials is 0")
    try refuse(["--parallel", "0"], saying: "--parallel is 0")
    try refuse(["--time", "soon"], saying: "--time is soon", "30m")
    try refuse(["--set", "search=null"], saying: "no section `search`")
    try refuse(
      ["--set", "search.parameters={optimizer.adam.lrr: [0.1]}"],
      saying: "optimizer.adam.lrr", "did you mean `optimizer.adam.lr`?")
    try refuse(
      ["--set", "search.method=grid"], saying: "finite number of values", "optimizer.adam.lr")
    try refuse(
      ["--time", "0.000001", "--dir", "late"], status: 1, saying: "ended before the first trial")
    _ = try run("--dir", "known", "--trials", "1")
    try refuse(["--dir", "known"], saying: "already holds a search", "--resume")
    try refuse(
      ["--dir", "known", "--resume", "--set", "epochs=9"], saying: "epochs 3 -> 9")
    // A folder that was claimed for a search that did not begin is removed.
    #expect(!workspace.folder.contains("searches"))
  }
}
