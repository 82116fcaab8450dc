import ArgumentParser
import NNCore
import NNData
import NNFormats
import NNLosses
import NNReports
import NNTraining

struct ForecastCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecasts the next values of a series.",
    discussion: """
      Takes the end of the series that the run was trained on, or of another file with the same \
      columns. Prints one value per line for one column without dates and quantiles, else a table. \
      Columns known ahead are read from the rows after the last value. Beyond the network's horizon \
      its own forecasts are its input (autoregressive), of quantiles the median.

      EXAMPLES:
        nntrain forecast runs/sunspots-1
        nntrain forecast runs/sunspots-1 --steps 24
        nntrain forecast runs/sunspots-1 --data newer.csv --output next.csv
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The number of steps (default: the network's horizon).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp("Another file to continue.", valueName: "file"), completion: .file())
  var data: String?

  @Option(
    help: ArgumentHelp(
      "A CSV file for the forecast, with numbers in full precision.", valueName: "file"),
    completion: .file())
  var output: String?

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if let steps, steps < 1 { throw ValidationError("--steps must be 1 or more, got \(steps)") }
    if let steps, steps > Forecaster.largestCount {
      throw ValidationError("--steps must be at most \(Forecaster.largestCount), got \(steps)")
    }
    if let output, !output.hasSuffix(".csv") {
      throw ValidationError("expected an --output that ends in .csv, got \(output)")
    }
  }

  func run() throws {
    try globals.useThreads()
    let forecaster = try Forecaster(TrainedModel(folder: RunFolder(folder)))
    let steps = steps ?? forecaster.horizon
    guard try output != nil || jsonOption.json || !forecaster.isPlain(file: data) else {
      try printValues(forecaster, steps)
      return
    }
    let forecast = try forecaster.table(steps: steps, file: data)
    if forecast.crossings > 0 {
      globals.note([
        "\(forecast.crossings) of \(forecast.keys.count * forecast.names.count) forecasts had "
          + "quantiles out of order, which were sorted"
      ])
    }
    if let output { try AtomicFile.write(path: output, text: forecast.csv) }
    if jsonOption.json {
      try Console.print(forecast.document.text)
    } else if output == nil {
      try Console.print(Self.table(forecast))
    }
  }

  /// One value per line, as soon as it is computed.
  private func printValues(_ forecaster: Forecaster, _ steps: Int) throws {
    var failure: NNError?
    try forecaster.forecast(steps: steps, file: data) { values in
      do throws(NNError) {
        try Console.print(values.map { "\($0)" }.joined(separator: "\n"))
      } catch { failure = error }
      return failure == nil
    }
    if let failure { throw failure }
  }

  private static func table(_ forecast: Forecast) -> String {
    var table = Table(
      columns: forecast.headings.enumerated().map { ($1, $0 == 0 ? .left : .right) })
    for (step, key) in forecast.keys.enumerated() {
      table.add(
        [forecast.index.text(key)]
          + forecast.numbers(of: step).map { NumberText.rounded($0, digits: 6) })
    }
    return table.text
  }
}

extension Forecast {
  /// One line for each step, with numbers in full precision.
  fileprivate var csv: String {
    CSVField.line([headings[0], "step"] + headings.dropFirst())
      + keys.indices.map { step in
        CSVField.line(
          [index.text(keys[step]), "\(step + 1)"] + numbers(of: step).map { "\($0)" })
      }.joined()
  }

  /// Keys and values as one JSON object.
  fileprivate var document: JSONLine {
    var document = JSONLine()
    document.add("index", index.name)
    document.add("step", text: index.step.map { "\($0)" })
    document.add("columns", names)
    document.add("quantiles", numbers: levels?.levels ?? [])
    document.add("crossings", crossings)
    document.add(
      "forecast",
      keys.indices.map { step in
        var line = JSONLine()
        line.add("key", index.text(keys[step]))
        line.add("values", numbers: values[step])
        if levels != nil { line.add("quantiles", numbers: quantiles[step]) }
        return line
      })
    return document
  }
}
