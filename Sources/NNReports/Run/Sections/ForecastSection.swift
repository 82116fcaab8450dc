import NNCore
import NNData
import NNDrawing
import NNTraining

/// The end of a series and its forecast, as `nntrain forecast` computes it.
struct ForecastSection: ReportSection {
  static let title = "Forecast"

  /// Minimum and maximum number of values that are drawn before a forecast.
  private static let shown = 60...400
  /// The maximum number of steps of a drawn forecast.
  private static let largestStepCount = 200

  private let figures: [(figure: Figure, caption: String)]
  private let rows: [[String]]
  private let header: [String]

  init?(_ run: RunEvidence) throws(NNError) {
    guard let model = run.model, case .series(let source) = try model.config?.makeTrainSource()
    else { return nil }
    let known = model.encoding.featureNames
    let series = try source.series(path: source.file, known: known)
    let forecaster = try Forecaster(model)
    let horizon = forecaster.horizon
    // A network that also reads other columns cannot read its own forecasts.
    let reach = source.columns.count == 1 ? max(horizon, source.window) : horizon
    let steps = min(reach, max(horizon, Self.largestStepCount))
    let values = try forecaster.forecast(steps: steps)
    let places = Self.keys(following: series.keys, count: steps)
    header = [series.keyName, "forecast"]
    rows = zip(places, values).map { [NumberText.short($0, digits: 6), NumberText.short($1)] }
    var figures = [
      Self.future(
        series, window: source.window, places: places, values: values, horizon: horizon)
    ]
    if let tested = try Self.tested(run, known: known, series: series) { figures.append(tested) }
    self.figures = figures
  }

  func write(to page: inout Page) {
    ReportStyle.pairs(&page) { page in
      for (figure, caption) in figures { page.figure(figure, caption: caption) }
    }
    page.details(summary: "The forecast as numbers") { page in
      page.table(header: header, rows: rows)
    }
  }

  /// The end of the series and the forecast after it.
  private static func future(
    _ series: SeriesSource.Series, window: Int, places: [Double], values: [Double], horizon: Int
  ) -> (Figure, String) {
    let index = series.keyName
    let wanted = min(max(window + 3 * places.count, shown.lowerBound), shown.upperBound)
    let count = min(series.keys.count, wanted)
    let (keys, known) = (series.keys.suffix(count), series.values.suffix(count))
    let (lastKey, lastValue) = (Array(keys.suffix(1)), Array(known.suffix(1)))
    func line(_ name: String, _ range: Range<Int>, dash: Dash) -> Line {
      // From the value before, so that the line is connected to the series.
      let before = range.lowerBound - 1
      return Line(
        name, x: (before < 0 ? lastKey : [places[before]]) + places[range],
        y: (before < 0 ? lastValue : [values[before]]) + values[range], color: .series(1),
        dash: dash, markers: places.count <= 40)
    }
    var marks: [any Mark] = [
      Line(series.valueName, x: Array(keys), y: Array(known), color: .series(0), dash: .solid),
      line("forecast, \(horizon) at once", 0..<horizon, dash: .solid),
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
      "The last \(count) values of \(series.valueName) and the forecast, from the dotted line on. "
      + "The network's horizon is \(horizon) \(horizon == 1 ? "step" : "steps")"
      + (isLonger
        ? ", up to the second line; beyond it the input is its own forecasts." : ".")
      + " nntrain forecast\(isLonger ? " --steps \(values.count)" : "") prints the same."
    return (
      ReportStyle.figure(
        "Forecast",
        description: "\(series.valueName) and its forecast of \(values.count) steps, which ends at "
          + end,
        Plot(x: Axis(index), y: Axis(series.valueName), legend: .above, marks: marks)), caption
    )
  }

  /// The first value of each test forecast and its target; nil without test data of this kind.
  private static func tested(
    _ run: RunEvidence, known: [String]?, series: SeriesSource.Series
  ) throws(NNError) -> (Figure, String)? {
    guard let predictions = run.predictions, predictions.isTest,
      case .numbers(let targets) = predictions.kind,
      case .series(let source)? = try run.facts.config.makeTestSource()
    else { return nil }
    let index = series.keyName
    let keys = try source.windows(path: source.file, known: known).firstTargets
    let width = targets.shape[1]
    let rows = 0..<min(keys.count, predictions.dataset.count)
    func first(_ tensor: HostTensor) -> [Double] {
      let numbers = tensor.doubles
      return rows.map { numbers[$0 * width] }
    }
    let places = Array(keys[rows])
    return (
      ReportStyle.figure(
        "One step ahead on the test data",
        description: "Test targets by \(index), and the network's forecast one step before",
        Plot(
          x: Axis(index), y: Axis(series.valueName), legend: .above,
          marks: [
            Line("target", x: places, y: first(targets), color: .series(0), dash: .solid),
            Line(
              "forecast", x: places, y: first(predictions.outputs), color: .series(1),
              width: 1.5, dash: .dashed),
          ])),
      "Each forecast is computed from the \(source.window) observed rows before it."
    )
  }

  /// The keys of the following steps, with the mean spacing of the last ones.
  static func keys(following keys: [Double], count: Int) -> [Double] {
    guard let last = keys.last else { return (0..<count).map { Double($0) } }
    let back = min(keys.count - 1, 10)
    let step = back > 0 ? (last - keys[keys.count - 1 - back]) / Double(back) : 1
    return (1...count).map { last + Double($0) * step }
  }
}
