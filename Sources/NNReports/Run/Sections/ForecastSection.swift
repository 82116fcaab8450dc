import NNCore
import NNData
import NNDrawing
import NNLosses
import NNTraining

/// The end of a series and its forecast, as `nntrain forecast` computes it.
struct ForecastSection: ReportSection {
  static let title = "Forecast"

  /// Minimum and maximum number of values that are drawn before a forecast.
  private static let shown = 60...400
  /// The maximum number of steps of a drawn forecast.
  private static let largestStepCount = 200
  /// The maximum number of columns with plots of their own.
  private static let largestColumnCount = 4

  private let figures: [(figure: Figure, caption: String)]
  private let rows: [[String]]
  private let header: [String]
  private let note: String?

  init?(_ run: RunEvidence) throws(NNError) {
    guard let model = run.model, case .series(let source) = try model.config?.makeTrainSource()
    else { return nil }
    let known = model.encoding.featureNames
    let series = try source.series(path: source.file, known: known)
    let forecaster = try Forecaster(model)
    let horizon = forecaster.horizon
    // Rows known ahead are not invented: beyond the horizon they may end.
    let goesOn = forecaster.isRecursive && source.known.isEmpty
    let reach = goesOn ? max(horizon, source.window) : horizon
    let steps = min(reach, max(horizon, Self.largestStepCount))
    let forecast: Forecast
    do throws(NNError) {
      forecast = try forecaster.table(steps: steps)
    } catch {
      // Without future values there is no forecast, but there are the tested ones.
      guard !source.known.isEmpty else { throw error }
      note = "There is no forecast of the rows to come: \(error.message)."
      (header, rows) = ([], [])
      figures = try Self.tested(run, known: known, series: series)
      return
    }
    note = nil
    header = forecast.headings
    rows = forecast.keys.indices.map { step in
      [Self.key(forecast.keys[step], forecast.index)]
        + forecast.numbers(of: step).map { NumberText.short($0) }
    }
    var figures: [(figure: Figure, caption: String)] = []
    for column in series.targets.indices.prefix(Self.largestColumnCount) {
      figures.append(
        Self.future(series, column: column, window: source.window, forecast, horizon: horizon))
    }
    figures += try Self.tested(run, known: known, series: series)
    self.figures = figures
  }

  func write(to page: inout Page) {
    if let note { page.paragraph(note) }
    ReportStyle.pairs(&page) { page in
      for (figure, caption) in figures { page.figure(figure, caption: caption) }
    }
    guard !rows.isEmpty else { return }
    page.details(summary: "The forecast as numbers") { page in
      page.table(header: header, rows: rows)
    }
  }

  private static func key(_ key: Double, _ index: SeriesIndex) -> String {
    index.hasDates ? index.text(key) : NumberText.short(key, digits: 6)
  }

  /// The end of a column and the forecast after it.
  private static func future(
    _ series: SeriesSource.Series, column: Int, window: Int, _ forecast: Forecast, horizon: Int
  ) -> (Figure, String) {
    let index = series.index
    let name = series.targets[column].name
    let (places, values) = (forecast.keys, forecast.values.map { $0[column] })
    let wanted = min(max(window + 3 * places.count, shown.lowerBound), shown.upperBound)
    let count = min(series.keys.count, wanted)
    let (keys, known) = (series.keys.suffix(count), series.targets[column].values.suffix(count))
    let (lastKey, lastValue) = (Array(keys.suffix(1)), Array(known.suffix(1)))
    func line(_ name: String, _ range: Range<Int>, dash: Dash) -> Line {
      // From the value before, so that the line is connected to the series.
      let before = range.lowerBound - 1
      return Line(
        name, x: (before < 0 ? lastKey : [places[before]]) + places[range],
        y: (before < 0 ? lastValue : [values[before]]) + values[range], color: .series(1),
        dash: dash, markers: places.count <= 40)
    }
    var marks: [any Mark] = ForecastBands.marks(
      x: lastKey + places, levels: forecast.levels
    ) { level in lastValue + (forecast.quantile(level, of: column) ?? []) }
    marks += [
      Line(name, x: Array(keys), y: Array(known), color: .series(0), dash: .solid),
      line("forecast, \(horizon) at once", 0..<min(horizon, values.count), dash: .solid),
    ]
    let isLonger = values.count > horizon
    if isLonger {
      marks.append(line("from its own forecasts", horizon..<values.count, dash: .dashed))
    }
    marks.append(Rule(vertical: lastKey.first ?? 0, color: .muted, dash: .dotted))
    if isLonger {
      marks.append(Rule(vertical: places[horizon - 1], color: .muted, dash: .dotted))
    }
    let end = values.last.map { NumberText.short($0) } ?? ""
    let caption =
      "The last \(count) values of \(name) and the forecast, from the dotted line on. "
      + "The network's horizon is \(horizon) \(horizon == 1 ? "step" : "steps")"
      + (isLonger
        ? ", up to the second line; beyond it the input is its own forecasts"
          + (forecast.levels == nil ? "." : ", and the bands leave out their uncertainty.")
        : ".")
      + (forecast.levels.map { " \(ForecastBands.described($0))" } ?? "")
      + " nntrain forecast\(isLonger ? " --steps \(values.count)" : "") prints the same."
    return (
      ReportStyle.figure(
        series.targets.count == 1 ? "Forecast" : "Forecast of \(name)",
        description: "\(name) and its forecast of \(values.count) steps, which ends at " + end,
        Plot(
          x: axis(index, Array(keys) + places), y: Axis(name), legend: .above, marks: marks)),
      caption
    )
  }

  /// The axis of keys, with dates as ticks.
  static func axis(_ index: SeriesIndex, _ keys: [Double]) -> Axis {
    guard index.hasDates, !keys.isEmpty else { return Axis(index.name) }
    let step = max(1, keys.count / 8)
    return Axis(
      index.name,
      ticks: stride(from: 0, to: keys.count, by: step).map {
        Tick(keys[$0], index.label(keys[$0]))
      })
  }

  /// The first value of each test forecast and its target; none without test data of this kind.
  private static func tested(
    _ run: RunEvidence, known: [String]?, series: SeriesSource.Series
  ) throws(NNError) -> [(figure: Figure, caption: String)] {
    guard let predictions = run.predictions, predictions.isTest,
      case .numbers(let targets) = predictions.kind,
      case .series(let source)? = try run.facts.config.makeTestSource()
    else { return [] }
    let keys = try source.windows(path: source.file, known: known).firstTargets
    let width = targets.shape[1]
    let rows = 0..<min(keys.count, predictions.dataset.count)
    func first(_ tensor: HostTensor, _ width: Int, _ element: Int = 0) -> [Double] {
      let numbers = tensor.doubles
      return rows.map { numbers[$0 * width + element] }
    }
    let places = Array(keys[rows])
    var marks: [any Mark] = []
    if let (outputs, levels) = predictions.quantiles {
      marks = ForecastBands.marks(x: places, levels: levels) { level in
        first(outputs, width * levels.count, level)
      }
    }
    marks += [
      Line("target", x: places, y: first(targets, width), color: .series(0), dash: .solid),
      Line(
        "forecast", x: places, y: first(predictions.outputs, width), color: .series(1),
        width: 1.5, dash: .dashed),
    ]
    return [
      (
        ReportStyle.figure(
          "One step ahead on the test data",
          description:
            "Test targets by \(series.keyName), and the network's forecast one step before",
          Plot(
            x: axis(series.index, places), y: Axis(series.valueName), legend: .above,
            marks: marks)),
        "Each forecast is computed from the \(source.window) observed rows before it."
          + (predictions.quantiles.map { " \(ForecastBands.described($0.levels))" } ?? "")
      )
    ]
  }
}
