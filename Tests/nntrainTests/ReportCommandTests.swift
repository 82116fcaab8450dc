import Foundation
import NNTestSupport
import Testing

@Suite("report and graph")
struct ReportCommandTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private var run: String { workspace.folder.path + "/run" }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test("train ends with a report and prints its path")
  func trainWritesReport() throws {
    let output = try CommandLine.succeed(arguments: workspace.arguments())
    #expect(output.contains("\nreport: \(run)/report.html\n"))
    let page = try text(run + "/report.html")
    for heading in [
      "Summary", "Curves", "Confusion", "ROC and precision–recall", "Calibration",
      "Output over the input plane", "Worst examples", "Network", "Layers", "Time", "Config",
      "Environment",
    ] {
      #expect(page.contains(">\(heading)</h2>"), "\(heading)")
    }
    for heading in ["Predictions", "First layer", "Samples"] {
      #expect(!page.contains(">\(heading)</h2>"), "\(heading)")
    }
    #expect(!page.contains("This section is missing"))
    #expect(!page.contains("<script") && !page.contains("http-equiv"))
  }

  @Test("the best epoch is the one that the run has counted as best")
  func bestEpoch() throws {
    // No epoch gains ten over the first, which decides when to stop and not what is best.
    let watched = ["--set", "early_stopping={patience: 9, min_delta: 10}", "--overwrite"]
    try CommandLine.succeed(arguments: workspace.arguments(watched))
    let page = try text(run + "/report.html")
    let rows = try text(run + "/metrics.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
    }
    let best = try #require(rows.min { $0[2] < $1[2] })
    let epoch = Int(best[0])
    #expect(epoch > 1)
    #expect(page.contains("\(epoch), by val_loss") && page.contains("those of epoch \(epoch)"))
    let last = ["--set", "early_stopping={patience: 9, restore_best: false}", "--overwrite"]
    try CommandLine.succeed(arguments: workspace.arguments(last))
    #expect(try text(run + "/report.html").contains("the last ones"))
  }

  @Test("numbers are not classes, even as outputs of a sigmoid")
  func regressionThroughSigmoid() throws {
    let rows = (0..<60).map { "\(Double($0) / 60),\(0.2 + Double($0) / 100)" }
    try workspace.folder.write(rows.joined(separator: "\n") + "\n", to: "curve.csv")
    try CommandLine.succeed(
      arguments: workspace.arguments([
        "--set", "data={train: {csv: curve.csv, header: false, task: regression}, batch_size: 20}",
        "--set", "model=[{linear: 4}, tanh, {linear: 1}, sigmoid]", "--set", "loss=mse",
        "--set", "metrics=[]",
      ]))
    let page = try text(run + "/report.html")
    #expect(page.contains(">Predictions</h2>"))
    #expect(!page.contains(">Confusion</h2>") && !page.contains(">Calibration</h2>"))
  }

  @Test("rows that the loss ignores are left out")
  func ignoredRows() throws {
    try CommandLine.succeed(
      arguments: workspace.arguments([
        "--set", "loss={cross_entropy: {ignore_index: 0}}", "--set", "metrics=[]",
      ]))
    let page = try text(run + "/report.html")
    #expect(page.contains("Of 25 examples of the test data, 100 % are classified correctly"))
    #expect(page.contains(">Worst examples</h2>"))
  }

  @Test("without a report: --no-report; --quiet writes it and prints nothing")
  func noReport() throws {
    let output = try CommandLine.succeed(arguments: workspace.arguments(["--no-report"]))
    #expect(!output.contains("report:"))
    #expect(!workspace.folder.contains("run/report.html"))
    let quiet = try CommandLine.succeed(
      arguments: workspace.arguments(["--overwrite", "--quiet"]))
    #expect(quiet == "")
    #expect(workspace.folder.contains("run/report.html"))
  }

  @Test("a report that fails is a warning, and the training a success")
  func reportFails() throws {
    try FileManager.default.createDirectory(
      atPath: run + "/report.html/inside", withIntermediateDirectories: true)
    let result = try CommandLine.program.run(workspace.arguments())
    #expect(result.status == 0)
    #expect(result.standardError.hasPrefix("warning: the report is missing: "))
    #expect(workspace.folder.contains("run/model.safetensors"))
  }

  @Test("the events as JSON name the report")
  func json() throws {
    let output = try CommandLine.succeed(
      arguments: workspace.arguments(["--progress", "json"]))
    let last = output.split(separator: "\n").last.map(String.init) ?? ""
    #expect(last.contains("\"report\"") && last.contains("report.html"))
    #expect(!output.contains("report: "))
  }

  @Test("report makes one anew, elsewhere, and compares")
  func report() throws {
    try CommandLine.succeed(arguments: workspace.arguments(["--no-report"]))
    let output = try CommandLine.succeed("report", run)
    #expect(output == "report: \(run)/report.html\n")
    let other = workspace.folder.path + "/other.html"
    #expect(try CommandLine.succeed("report", run, "--output", other) == "report: \(other)\n")
    #expect(try text(other).contains(">Summary</h2>"))
    let second = workspace.folder.path + "/second"
    try CommandLine.succeed(
      "train", workspace.config, "--run-dir", second, "--set", "optimizer.adam.lr=0.5",
      "--set", "epochs=2", "--quiet")
    let both = workspace.folder.path + "/both.html"
    try CommandLine.succeed("report", run, second, "--output", both)
    let page = try text(both)
    #expect(page.contains(">2 runs</h1>"))
    #expect(page.contains(">optimizer.adam.lr</th>") && page.contains(">epochs</th>"))
    #expect(!page.contains(">loss</th>") && !page.contains(">data.batch_size</th>"))
    #expect(page.contains(">3 of 3</td>") && page.contains(">2 of 2</td>"))
  }

  @Test("an interrupted run is reported as far as it came")
  func interruptedRun() throws {
    try CommandLine.succeed(arguments: workspace.arguments(["--max-steps", "7", "--no-report"]))
    try CommandLine.succeed("report", run)
    let page = try text(run + "/report.html")
    #expect(page.contains(">1 of 3</td>"))
    // The files of a run that was killed before the end of its first epoch.
    for file in ["model.safetensors", "metrics.csv", "steps.csv", "test.json"] {
      try? FileManager.default.removeItem(atPath: "\(run)/\(file)")
    }
    try CommandLine.succeed("report", run)
    let rest = try text(run + "/report.html")
    #expect(rest.contains(">0 of 3</td>"))
    #expect(rest.contains("The saved network is missing"))
    #expect(rest.contains(">Config</h2>") && !rest.contains(">Curves</h2>"))
  }

  @Test("bad input of report")
  func badReports() throws {
    try CommandLine.fail(["report"], saying: ["<run>"])
    try CommandLine.fail(
      ["report", "/nowhere/run"], saying: ["/nowhere/run: no such folder", "hint: "])
    try CommandLine.fail(
      ["report", workspace.folder.path], saying: ["is no run folder: it holds no config.yaml"])
    try CommandLine.succeed(arguments: workspace.arguments(["--no-report"]))
    try CommandLine.fail(
      ["report", run, "--output", "/nowhere/report.html"],
      saying: ["/nowhere/report.html: cannot be written"])
    // A table of an older version names metrics without the data that they are measured on.
    let table = try text(run + "/metrics.csv")
    #expect(table.hasPrefix("epoch,train_loss,val_loss,val_accuracy,lr,"))
    try workspace.folder.write(
      table.replacing("val_accuracy", with: "accuracy"), to: "run/metrics.csv")
    try CommandLine.succeed("report", run)
    let page = try text(run + "/report.html")
    #expect(page.contains("val_accuracy then<"))
    #expect(page.contains("val_accuracy of the validation data after each epoch."))
    try workspace.folder.write("epoch,train_loss\n1,lots\n", to: "run/metrics.csv")
    try CommandLine.fail(
      ["report", run], saying: ["metrics.csv:2: holds no row of 2 numbers: 1,lots"])
  }

  @Test("graph draws a config and a run")
  func graph() throws {
    let drawing = try CommandLine.succeed("graph", workspace.config)
    #expect(drawing.hasPrefix("<?xml") && drawing.hasSuffix("</svg>\n"))
    #expect(drawing.contains(">Dense 16</text>"))
    let dot = try CommandLine.succeed("graph", workspace.config, "--format", "dot")
    #expect(dot.hasPrefix("digraph \"tiny\" {\n") && dot.hasSuffix("}\n"))
    try CommandLine.succeed(arguments: workspace.arguments(["--no-report"]))
    #expect(try CommandLine.succeed("graph", run, "--format", "dot") == dot)
    let file = workspace.folder.path + "/net.svg"
    #expect(try CommandLine.succeed("graph", run, "--output", file) == "")
    #expect(try text(file) == drawing)
    // A change of the network is drawn, not the run's.
    let wider = try CommandLine.succeed(
      "graph", run, "--format", "dot", "--set", "model.0.linear.out_features=17")
    #expect(wider.contains("Dense 17"))
  }

  @Test("bad input of graph")
  func badGraphs() throws {
    try CommandLine.fail(["graph"], saying: ["<config-or-run>"])
    try CommandLine.fail(
      ["graph", workspace.config, "--format", "png"], saying: ["png", "svg", "dot"])
    try CommandLine.fail(["graph", "/nowhere.yaml"], saying: ["/nowhere.yaml"])
    try CommandLine.fail(
      ["graph", workspace.config, "--output", "/nowhere/net.svg"],
      saying: ["/nowhere/net.svg: cannot be written"])
    try CommandLine.fail(
      ["graph", workspace.config, "--set", "model.0=flatten", "--set", "model.3.linear=0"],
      saying: ["linear"])
  }

  @Test("event files: written where asked for, one for each start, removed by --overwrite")
  func eventFiles() throws {
    func events() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: run)
        .filter { $0.hasPrefix("events.out.tfevents.") }.sorted()
    }
    try CommandLine.succeed(arguments: workspace.arguments(["--no-report"]))
    #expect(try events().isEmpty)
    let options = ["--no-report", "--set", "log.tensorboard=true"]
    try CommandLine.succeed(
      arguments: workspace.arguments(options + ["--overwrite", "--max-steps", "7"]))
    let first = try events()
    #expect(first.count == 1)
    try CommandLine.succeed(arguments: workspace.arguments(options + ["--resume"]))
    let both = try events()
    #expect(both.count == 2 && both[0] == first[0])
    // A run that is started again replaces the events, too.
    try FileManager.default.removeItem(atPath: run + "/checkpoints")
    try CommandLine.succeed(arguments: workspace.arguments(options + ["--resume"]))
    let newest = try #require(try events().last)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: run + "/" + newest))
    // The field with START in a session's log.
    #expect(bytes.range(of: Data([0x3A, 0x02, 0x08, 0x01])) != nil)
    try CommandLine.succeed(arguments: workspace.arguments(options + ["--overwrite"]))
    #expect(try events().count == 1)
  }
}
