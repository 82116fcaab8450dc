import Foundation
import NNTestSupport
import Testing

@Suite("backtest and forecasts with dates")
struct BacktestCommandTests {
  /// A monthly series with a column known ahead, and a network with quantiles.
  private func workspace(
    options: String = "", loss: String = "{quantile: {quantiles: [0.1, 0.5, 0.9]}}",
    outputs: Int = 6, futureRows: Int = 2
  ) throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {series: s.csv, column: y, known: promo, calendar: month, index: date, window: 4,
          horizon: 2\(options)}
        test: {split: 0.2}
        normalize: standard
        normalize_target: standard
        batch_size: 8
      model: [flatten, {linear: \(outputs)}]
      loss: \(loss)
      optimizer: {adam: {lr: 0.02}}
      epochs: 2
      """)
    let rows = (0..<40 + futureRows).map { row -> String in
      let month = row % 12 + 1
      let date = "\(2020 + row / 12)-\(month < 10 ? "0" : "")\(month)"
      return "\(date),\(row < 40 ? "\(row % 4 + row / 10)" : ""),\(row % 3)"
    }
    try workspace.folder.write(
      "date,y,promo\n" + rows.joined(separator: "\n") + "\n", to: "s.csv")
    return workspace
  }

  @Test("prints, writes and reports a forecast with dates and quantiles")
  func forecast() throws {
    let workspace = try workspace()
    try workspace.train("--quiet")
    let run = workspace.path("run")
    let folder = workspace.folder.path
    let text = try CommandLine.succeed("forecast", run, "--output", "f.csv", "--quiet", in: folder)
    #expect(text.isEmpty)
    let table = try workspace.folder.text(of: "f.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    #expect(table[0] == ["date", "step", "y", "y q0.1", "y q0.5", "y q0.9"])
    #expect(table.count == 3 && table[1][0] == "2023-05-01" && table[2][0] == "2023-06-01")
    for row in table.dropFirst() {
      let numbers = row.dropFirst(2).compactMap { Double($0) }
      #expect(numbers.count == 4 && numbers[0] == numbers[2])
      #expect(numbers[1] <= numbers[2] && numbers[2] <= numbers[3])
    }
    let shown = try CommandLine.succeed("forecast", run, "--quiet", in: folder)
    #expect(shown.firstMatch(of: /date +y +y q0\.1 +y q0\.5 +y q0\.9\n/) != nil)
    #expect(shown.contains("2023-06-01"))
    let document = try FixtureOption(
      json: CommandLine.succeed("forecast", run, "--json", "--quiet", in: folder))
    #expect(document["step"]?.text == "month" && document["quantiles"]?.numbers == [0.1, 0.5, 0.9])
    #expect(document["forecast"]?.list?[1]["key"]?.text == "2023-06-01")
    #expect(document["forecast"]?.list?[1]["values"]?.numbers?[0] == Double(table[2][2]))
    let evaluation = try CommandLine.succeed("evaluate", run, "--quiet", in: folder)
    #expect(evaluation.contains("coverage") && evaluation.contains("quantile_crossing"))
    try CommandLine.succeed("report", run, in: folder)
    let page = try workspace.folder.text(of: "run/report.html")
    for part in [">Forecast</h2>", "q0.1 to q0.9", "2023-", "80 %"] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("This section is missing"))
  }

  @Test("says what is missing of a forecast")
  func missing() throws {
    let workspace = try workspace(futureRows: 1)
    try workspace.train("--quiet")
    let folder = workspace.folder.path
    try CommandLine.fail(
      ["forecast", "run"],
      saying: [
        "the forecast needs column \"promo\" from 2023-05-01 to 2023-06-01, and values end at "
          + "2023-05-01", "add 1 row up to 2023-06-01",
      ], in: folder)
    try CommandLine.succeed("report", "run", in: folder)
    #expect(
      try workspace.folder.text(of: "run/report.html").contains(
        "There is no forecast of the rows to come"))
    try CommandLine.fail(
      ["forecast", "run", "--output", "f.txt"], saying: ["ends in .csv, got f.txt"], in: folder)
    try workspace.folder.write(
      "date,y,promo\n2020-01,1,0\n2020-02,2,1\n2020-04,2,1\n", to: "gap.csv")
    try CommandLine.fail(
      ["forecast", "run", "--data", "gap.csv"],
      saying: ["gap.csv:4: ", "1 row is missing with one for each month"], in: folder)
  }

  @Test("prints and writes the errors of all methods")
  func backtest() throws {
    let workspace = try workspace()
    let text = try CommandLine.succeed(
      "backtest", workspace.config, "--origins", "3", "--step", "2", in: workspace.folder.path)
    #expect(text.contains("origin 1/3  loss "))
    #expect(text.firstMatch(of: /\nmethod +mae +rmse +mase +smape\n/) != nil)
    for method in ["network", "naive", "seasonal_naive", "drift", "holt_winters"] {
      #expect(text.contains("\n\(method) "), "\(method)")
    }
    #expect(text.contains("values between the quantiles 0.1 and 0.9: "))
    #expect(text.contains("3 origins, 2 steps each, a season of 12 finished after "))
    let page = try workspace.folder.text(of: "backtests/tiny-1/backtest.html")
    for part in ["<h1>Backtest: tiny</h1>", "Error by step", "Forecasts of y", "q0.1 to q0.9"] {
      #expect(page.contains(part), "\(part)")
    }
    let table = try workspace.table("backtest.csv", run: "backtests/tiny-1")
    #expect(table[0] == ["method", "step", "mae", "rmse", "mase", "smape"])
    let document = try FixtureOption(
      json: workspace.folder.text(of: "backtests/tiny-1/backtest.json"))
    #expect(document["origins"]?.integer == 3 && document["forecasts"]?.list?.count == 6)
    let mae = document["methods"]?.list?[0]["errors"]?["mae"]?.number
    #expect(table[1][0] == "network" && Double(table[1][2]) == mae)
    let json = try CommandLine.succeed(
      "backtest", workspace.config, "--origins", "3", "--step", "2", "--json", "--parallel", "1",
      "--run-dir", "b", in: workspace.folder.path)
    #expect(
      json.replacing("\"b\"", with: "\"backtests/tiny-1\"").trimmingCharacters(in: .newlines)
        == (try workspace.folder.text(of: "backtests/tiny-1/backtest.json"))
        .trimmingCharacters(in: .newlines))
  }

  @Test("refuses wrong input with a fix")
  func wrong() throws {
    let workspace = try workspace()
    func refuse(_ arguments: [String], saying parts: String...) throws {
      try CommandLine.fail(
        ["backtest", workspace.config] + arguments, saying: parts, in: workspace.folder.path)
    }
    try refuse(["--origins", "1"], saying: "--origins is 1, expected a number from 2 to 1000")
    try refuse(["--step", "0"], saying: "--step must be 1 or more, got 0")
    try refuse(["--horizon", "3"], saying: "a horizon of 3 steps, and the network forecasts 2")
    try refuse(["--origins", "50"], saying: "leave the first one nothing to train on")
    try refuse(["--set", "data.train.calendar=[tide]"], saying: "calendar", "`month`")
    try refuse(["--set", "data.train.known=y"], saying: "is forecast, so it is not known ahead")
    try refuse(["--set", "data.train.from=soon"], saying: "a number, or a date such as 2024-01-31")
    try refuse(["--set", "data.train.gaps=guess"], saying: "gaps", "`linear`")
    try refuse(
      ["--set", "loss={quantile: {quantiles: [0.9, 0.1]}}"], saying: "levels must ascend: 0.9, 0.1")
    try refuse(
      ["--set", "loss=mse", "--set", "metrics=[coverage]"],
      saying: "the metric `coverage` measures quantiles, and the loss `mse` predicts none")
    // Six outputs are two steps of three quantiles.
    try refuse(
      ["--set", "model=[flatten, {linear: 2}]"],
      saying: "loss quantile takes 3 outputs for each target", "6 outputs")
    try workspace.folder.write(
      "date,y,promo\n2020-01,1,0\n2020-02,2,1\n2020-05,2,1\n", to: "s.csv")
    try refuse(
      [],
      saying: "s.csv:4: column \"date\": 2020-05-01 follows 2020-02-01 in line 3: 2 rows are",
      "gaps: linear")
  }
}
