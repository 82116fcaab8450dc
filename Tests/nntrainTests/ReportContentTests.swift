import Foundation
import NNTestSupport
import Testing

@Suite("contents of reports")
struct ReportContentTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private var run: String { workspace.folder.path + "/run" }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  /// The text between two texts.
  private func part(_ page: String, from start: String, to end: String) throws -> String {
    let begin = try #require(page.range(of: start)?.upperBound)
    let stop = try #require(page.range(of: end, range: begin..<page.endIndex)?.lowerBound)
    return String(page[begin..<stop])
  }

  @Test("the page begins with score, date, sizes and the command")
  func headline() throws {
    try CommandLine.succeed(arguments: workspace.arguments(["--quiet"]))
    let page = try text(run + "/report.html")
    let header = try part(page, from: "<header>", to: "</header>")
    let test = try FixtureOption(json: text(run + "/test.json"))
    let accuracy = try #require(test["accuracy"]?.number)
    let percent = (1000 * accuracy).rounded() / 10
    let digits = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
    #expect(header.contains("<strong>\(digits)\u{A0}%</strong> test accuracy</p>"))
    for (name, value) in [
      ("training examples", "160"), ("validation examples", "40"), ("test examples", "50"),
      ("epochs", "3 of 3"), ("parameters", "82"),
    ] {
      #expect(header.contains("<dt>\(name)</dt><dd>\(value)</dd>"), "\(name)")
    }
    #expect(header.contains("<dt>training time</dt>"))
    let environment = try FixtureOption(json: text(run + "/environment.json"))
    let command = try #require(environment["command"]?.text)
    #expect(command == "nntrain train \(workspace.config) --run-dir \(run) --quiet")
    #expect(header.contains("<code>\(command)</code>"))
    let date = try #require(environment["date"]?.text)
    #expect(try Date(date, strategy: .iso8601).timeIntervalSinceNow > -600)
    #expect(
      header.contains("<dt>trained</dt><dd>\(date.prefix(10)) \(date.dropFirst(11).prefix(5))"))
    #expect(!page.contains(">command</th>"))
  }

  @Test("without test data the validation data's metric is the score; older runs have no command")
  func headlineOfValidation() throws {
    let data = "{train: {circles: {samples: 200, noise: 0.05}}, validation: {split: 0.2}}"
    let options = ["--set", "data=\(data)", "--quiet"]
    try CommandLine.succeed(arguments: workspace.arguments(options))
    let header = try part(text(run + "/report.html"), from: "<header>", to: "</header>")
    #expect(header.contains("</strong> validation accuracy, epoch "))
    #expect(!header.contains("test examples"))
    try workspace.folder.write(
      "{\"version\": \"0.1.0\", \"seed\": 42}\n", to: "run/environment.json")
    try CommandLine.succeed("report", run)
    let older = try part(text(run + "/report.html"), from: "<header>", to: "</header>")
    #expect(!older.contains("<code>") && !older.contains("<dt>trained</dt>"))
    #expect(older.contains("</strong> validation accuracy, epoch "))
  }

  @Test("a forecast has the output of nntrain forecast")
  func forecast() throws {
    try workspace.folder.write(
      "year,y\n" + (0..<40).map { "\(1900 + 2 * $0),\($0 % 4)\n" }.joined(), to: "s.csv")
    let source = "{series: s.csv, column: y, index: year, window: 6, horizon: 2, "
    try CommandLine.succeed(
      arguments: workspace.arguments([
        "--set", "data={train: \(source)to: 1960}, test: \(source)from: 1960}, batch_size: 8}",
        "--set", "model=[flatten, {linear: 2}]", "--set", "loss=mse", "--set", "metrics=[]",
        "--quiet",
      ]))
    let page = try text(run + "/report.html")
    #expect(page.contains(">Forecast</h2>") && !page.contains("This section is missing"))
    #expect(page.contains("horizon is 2 steps, up to the second line"))
    #expect(page.contains("<title>One step ahead on the test data</title>"))
    let values = try CommandLine.succeed("forecast", run, "--steps", "6")
      .split(separator: "\n").compactMap { Double($0) }
    let table = try part(page, from: "<summary>The forecast as numbers", to: "</table>")
    let cells = table.split(separator: "<tr>").dropFirst(2).map { row in
      row.split(whereSeparator: { "<>".contains($0) }).compactMap {
        Double($0.replacing("\u{2212}", with: "-"))
      }
    }
    // The series ends in 1978 and has a row every two years.
    #expect(cells.map(\.first) == [1980, 1982, 1984, 1986, 1988, 1990])
    for (row, value) in zip(cells, values) {
      #expect(abs(row[1] - value) <= 0.005 * max(1, abs(value)), "\(row) \(value)")
    }
  }

  @Test("runs that are compared keep their line everywhere, and the best is marked")
  func comparison() throws {
    let second = workspace.folder.path + "/second"
    let third = workspace.folder.path + "/third"
    try CommandLine.succeed(
      arguments: workspace.arguments(["--quiet", "--no-report", "--set", "epochs=30"]))
    for (folder, option) in [(second, "optimizer.adam.lr=0.00001"), (third, "metrics=[]")] {
      try CommandLine.succeed(
        "train", workspace.config, "--run-dir", folder, "--set", option, "--quiet", "--no-report")
    }
    let path = workspace.folder.path + "/all.html"
    // The run without the metric is in between.
    try CommandLine.succeed("report", run, third, second, "--output", path)
    let page = try text(path)
    let figures = try part(page, from: ">Figures</h2>", to: "</table>")
    func row(_ name: String) throws -> [Substring] {
      try part(figures, from: ">\(name)</th>", to: "</tr>").split(separator: "<td")
    }
    // Of the losses the least is the best, of the accuracies the greatest.
    for name in ["test loss", "test accuracy"] {
      let cells = try row(name)
      #expect(cells.count == 3)
      #expect(cells[2].contains("class=\"best\"") == false, "\(name)")
      #expect(cells[0].contains("class=\"best\""), "\(name)")
    }
    #expect(try row("test accuracy")[1].contains("n/a"))
    #expect(try !row("epochs").contains { $0.contains("best") })
    let heads = try part(figures, from: "<thead>", to: "</thead>")
    for index in 0..<3 { #expect(heads.contains("class=\"s\(index)\"")) }
    // The accuracy's plot holds the first and the third run, in their colours.
    let plot = try part(page, from: "<title>val_accuracy</title>", to: "</svg>")
    #expect(plot.contains("class=\"s0\"") && plot.contains("class=\"s2\""))
    #expect(!plot.contains("class=\"s1\""))
  }
}
