public import NNCore
public import NNData
import NNLayers
package import NNLosses

/// Forecasts a time series with a network that was trained on windows of it.
public struct Forecaster: Sendable {
  private let predictor: Predictor
  private let source: SeriesSource
  /// The number of steps that the network forecasts at once.
  public var horizon: Int { source.horizon }
  /// The levels of the quantiles that are forecast; nil where they are none.
  package var quantiles: QuantileLevels? { predictor.model.meaning().quantiles }
  /// Whether forecasts of several steps can go beyond the horizon.
  package var isRecursive: Bool { source.isRecursive }

  /// Prepares a model.
  ///
  /// - Throws: `NNError` for a model that was not trained on a series.
  public init(_ model: TrainedModel) throws(NNError) {
    guard case .series(let source) = try model.config?.makeTrainSource() else {
      throw .invalid(
        "the run was trained on \(model.sourceKind), which is not a time series",
        hint: "train on a source such as {series: sales.csv, column: units, window: 12}")
    }
    self.source = source
    predictor = try Predictor(model)
  }

  /// Forecasts the values that follow the end of the series.
  ///
  /// - Parameters:
  ///   - steps: The number of steps; past the horizon, forecasts become inputs, of quantiles the
  ///     median.
  ///   - file: A file with the same columns; nil for the training file.
  ///   - onValues: Called with new values as they are computed; return false to stop.
  /// - Returns: The values of the forecast columns, step by step; of quantiles the median.
  /// - Throws: `NNError` for a series shorter than the window, for columns known ahead that end
  ///   before the forecast, and for more steps than the horizon if the network reads columns that are
  ///   neither forecast nor known ahead.
  @discardableResult
  public func forecast(
    steps: Int, file: String? = nil, onValues: ([Double]) -> Bool = { _ in true }
  ) throws(NNError) -> [Double] {
    var values: [Double] = []
    try rounds(steps, file) { round in
      values += round.points
      return onValues(round.points)
    }
    return values
  }

  /// Forecasts the values that follow the end of the series, with dates and quantiles; otherwise as
  /// above.
  public func table(steps: Int, file: String? = nil) throws(NNError) -> Forecast {
    var table: Forecast?
    try rounds(steps, file) { round in
      if table == nil {
        table = Forecast(
          index: round.series.index, names: round.series.targetNames, levels: quantiles)
      }
      table?.add(round)
      return true
    }
    return table ?? Forecast(index: SeriesIndex.empty, names: [], levels: nil)
  }

  /// Whether a forecast is one number for each step: of one column without quantiles and dates.
  ///
  /// - Parameter file: As for `forecast(steps:file:)`.
  /// - Throws: `NNError` for an index that cannot be read.
  package func isPlain(file: String? = nil) throws(NNError) -> Bool {
    guard quantiles == nil, source.targets?.count ?? 1 == 1 else { return false }
    guard source.index != nil else { return true }
    return try !SeriesTable(
      source, path: file ?? source.file, known: predictor.model.encoding.featureNames
    ).index.hasDates
  }

  /// The forecast of one pass of the network.
  struct Round {
    /// The series before it.
    let series: SeriesTable
    /// The number of steps.
    let steps: Int
    /// The values by step and column; of quantiles the median.
    let points: [Double]
    /// The outputs by step, column and level.
    let outputs: [Double]
    /// The number of values whose quantiles did not ascend before they were sorted.
    let crossings: Int
  }

  /// Forecasts the horizon again and again.
  private func rounds(
    _ steps: Int, _ file: String?, _ onRound: (Round) -> Bool
  ) throws(NNError) {
    guard (1...Self.largestCount).contains(steps) else {
      throw .invalid("forecasts 1 to \(Self.largestCount) values, not \(steps)")
    }
    guard steps <= horizon || isRecursive else {
      throw .invalid(
        "forecasts go \(horizon) steps ahead, not \(steps): the network reads "
          + "columns that it does not forecast and that are not known ahead",
        hint: "train with a longer `horizon`, or name the columns in `target` or `known`")
    }
    var whole = source
    (whole.from, whole.to) = (nil, nil)
    var series = try SeriesTable(
      whole, path: file ?? source.file, known: predictor.model.encoding.featureNames)
    let width = series.targetNames.count
    var done = 0
    while done < steps {
      let window = try series.window(before: series.count)
      let (outputs, crossed) = try predictor.findingCrossings(
        of: Ports(named: [(predictor.model.signature.example.names[0], window)]))
      let points = (quantiles?.points(of: outputs.values) ?? outputs.values).doubles
      let count = min(horizon, steps - done)
      let round = Round(
        series: series, steps: count, points: Array(points.prefix(count * width)),
        outputs: Array(outputs.values.doubles.prefix(count * width * (quantiles?.count ?? 1))),
        crossings: crossed.count { $0 < count * width })
      done += count
      guard onRound(round), done < steps else { return }
      for step in 0..<horizon {
        series.append(forecast: Array(points[step * width..<(step + 1) * width]))
      }
    }
  }

  /// The maximum number of forecast values.
  package static let largestCount = 10_000_000
}

/// The forecast of a series, with the key of each step.
public struct Forecast: Sendable {
  /// The index of the series, which names the steps.
  public let index: SeriesIndex
  /// The names of the forecast columns.
  public let names: [String]
  /// The levels of the quantiles; nil where they are none.
  package let levels: QuantileLevels?
  /// The key of each step: a number, or a date as seconds since 1970-01-01.
  public private(set) var keys: [Double] = []
  /// The values of each step by column; of quantiles the median.
  public private(set) var values: [[Double]] = []
  /// The quantiles of each step by column and level; empty where there are none.
  public private(set) var quantiles: [[Double]] = []
  /// The number of values whose quantiles did not ascend before they were sorted.
  public private(set) var crossings = 0

  init(index: SeriesIndex, names: [String], levels: QuantileLevels?) {
    self.index = index
    self.names = names
    self.levels = levels
  }

  mutating func add(_ round: Forecaster.Round) {
    let width = names.count
    for step in 0..<round.steps {
      keys.append(index.key(round.series.count + step))
      values.append(Array(round.points[step * width..<(step + 1) * width]))
      if let levels {
        let size = width * levels.count
        quantiles.append(Array(round.outputs[step * size..<(step + 1) * size]))
      }
    }
    crossings += round.crossings
  }

  /// The headings of a table: the index, then each column with its quantiles.
  package var headings: [String] {
    [index.name]
      + names.flatMap { name in [name] + (levels?.names ?? []).map { "\(name) \($0)" } }
  }

  /// The numbers of a step, under `headings` without the index.
  package func numbers(of step: Int) -> [Double] {
    let count = levels?.count ?? 0
    return names.indices.flatMap { column in
      [values[step][column]]
        + (count == 0 ? [] : Array(quantiles[step][column * count..<(column + 1) * count]))
    }
  }

  /// The values of a level of a column; nil without quantiles.
  package func quantile(_ level: Int, of column: Int) -> [Double]? {
    levels.map { levels in quantiles.map { $0[column * levels.count + level] } }
  }
}
