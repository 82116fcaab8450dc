package import NNCore
package import NNData
import NNFormats
package import NNLosses
public import NNTraining

/// A rolling backtest of a network that forecasts a series: at each of several origins it is trained
/// on what comes before and forecasts what comes next, next to forecasts by simple methods.
///
/// An origin is the fold of a ``CrossValidation`` that holds out one window, so that no value at or
/// after the origin is trained on, and everything that is fitted to data is fitted to what comes
/// before. Results depend neither on the number of parallel runs nor on interruptions.
public final class Backtest {
  /// A forecast at an origin.
  package struct Origin: Sendable {
    /// The number of the origin, from 1.
    package let number: Int
    /// The row of the first value that is forecast.
    package let row: Int
    /// The keys of the forecast rows.
    package let keys: [Double]
    /// The values that came, by step and column.
    package let values: [[Double]]
    /// The forecasts of each method, by step and column; missing where a method has none.
    package let forecasts: [String: [[Double]]]
    /// The network's quantiles by step, column and level; empty without.
    package let quantiles: [[[Double]]]
    /// The scale of MASE for each column.
    package let scales: [Double]
  }

  /// The config, with its section `cross_validate`.
  public let config: Config
  /// The folder.
  public let folder: BacktestFolder
  /// The number of steps that are measured.
  public let horizon: Int
  /// The number of rows in a season; 1 for none.
  public let season: Int
  /// The names of the forecast columns.
  package var columns: [String] { series.targetNames }
  /// The index of the series.
  package var index: SeriesIndex { series.index }
  /// The number of runs.
  package var runCount: Int { folds.runCount }
  /// The levels of the network's quantiles; nil without.
  package private(set) var levels: QuantileLevels?
  /// The forecasts at the origins that have ended, in order.
  package private(set) var origins: [Origin] = []

  private let folds: CrossValidation
  private let series: SeriesTable
  private let rows: [Int]

  /// The name of the network among the methods.
  package static let network = "network"

  /// Prepares the origins; nothing is trained yet.
  ///
  /// The series is that of the training data, up to the end of the test data if these are a later
  /// range of the same file.
  ///
  /// - Parameters:
  ///   - config: A config whose training source is a series.
  ///   - origins: The number of origins, at least 2.
  ///   - horizon: The number of steps that are measured; nil for all that the network forecasts.
  ///   - step: The number of windows between origins, which are rows where no value to forecast is missing; nil
  ///     for `horizon`.
  ///   - season: The number of rows in a season; nil for the one that the dates suggest.
  ///   - claim: The folder, which this process has claimed.
  ///   - resumes: Whether to continue what is in the folder; without origins they start.
  /// - Throws: `NNError` for another source, for numbers out of bounds, for validation data that are
  ///   a source of their own, and as ``CrossValidation``.
  package init(
    config: Config, origins: Int, horizon: Int? = nil, step: Int? = nil, season: Int? = nil,
    claim: RunClaim, resumes: Bool
  ) throws(NNError) {
    guard case .series(let given) = try config.makeTrainSource() else {
      throw .invalid(
        "a backtest forecasts a series, and `data.train` is `\(config.data.train.kind)`",
        at: config.name,
        hint: "train on a source such as {series: sales.csv, column: units, window: 12}")
    }
    guard (2...1000).contains(origins) else {
      throw .invalid("\(origins) origins; expected 2 to 1000")
    }
    let horizon = horizon ?? given.horizon
    guard (1...given.horizon).contains(horizon) else {
      throw .invalid(
        "a horizon of \(horizon) steps, and the network forecasts \(given.horizon)",
        at: config.name,
        hint: "use 1 to \(given.horizon), or set `horizon` of the source and the size of the last "
          + "layer")
    }
    let step = step ?? horizon
    guard step >= 1 else { throw .invalid("\(step) rows between origins; expected 1 or more") }
    guard season ?? 1 >= 1 else {
      throw .invalid("a season of \(season ?? 1) rows; expected 1 or more")
    }
    guard config.data.validation?.source == nil else {
      throw .invalid(
        "the validation data are a source of their own, which would show each network what comes "
          + "after its origin", at: config.name,
        hint: "hold out the end of what comes before: validation: {split: 0.1}")
    }
    var config = config
    var table = try SeriesTable(given, path: given.file, known: nil)
    if case .series(let test)? = try config.makeTestSource(), test.file == given.file,
      try table.ends(before: test.to)
    {
      var source = given
      source.to = test.to
      table = try SeriesTable(source, path: source.file, known: nil)
      let end = config.testEnd ?? .null
      config.data.train.options = config.data.train.options.map { option in
        option.name == "to" ? ConfigOption("to", end) : option
      }
    }
    series = table
    rows = try series.windows().firstRows
    let levelCount = try config.makeLosses().first?.loss.quantiles?.count ?? 1
    let width = (given.horizon * table.targetNames.count)
      .multipliedSaturating(by: levelCount + 1)
    guard width <= HeldOutPredictions.largestWidth else {
      throw .invalid(
        "a backtest keeps at most \(HeldOutPredictions.largestWidth) numbers of an origin, and "
          + "\(given.horizon) steps with their values are \(width)", at: config.name,
        hint: "use a shorter horizon, fewer columns or fewer quantiles")
    }
    config.data.test = nil
    config.crossValidate = CrossValidationConfig(
      FoldRule(origins, kind: .time, size: 1, step: step))
    folds = try CrossValidation(
      config: config, claim: claim, resumes: resumes, what: "backtest")
    self.config = folds.config
    folder = BacktestFolder(claim.folder.path)
    self.horizon = horizon
    self.season = season ?? series.index.step?.seasonLength ?? 1
  }

  /// Trains at all origins, or at what is left of them, and writes the tables.
  ///
  /// - Parameters:
  ///   - parallel: The number of networks that train at the same time; nil for one for each thread.
  ///   - onEnd: Receives each origin when it and all before it have ended, on any thread, one at a
  ///     time.
  ///   - shouldStop: Called after each step of each run, on any thread; true saves all states and
  ///     ends the call.
  /// - Returns: How the call ended.
  /// - Throws: `NNError` if a network cannot be trained, naming its fold, or a file cannot be written.
  package func run(
    parallel: Int? = nil, onEnd: @escaping (CrossValidation.Fold) -> Void = { _ in },
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(NNError) -> CrossValidation.Outcome {
    origins = []
    levels = try config.makeLosses().first?.loss.quantiles
    let outcome = try folds.run(parallel: parallel, onEnd: onEnd, shouldStop: shouldStop)
    guard outcome == .finished else { return outcome }
    for fold in folds.folds { origins.append(try origin(fold)) }
    try AtomicFile.write(path: folder.table, text: table)
    try AtomicFile.write(path: folder.forecasts, text: forecastTable)
    return .finished
  }

  // MARK: - Origins

  private func origin(_ fold: CrossValidation.Fold) throws(NNError) -> Origin {
    let width = columns.count
    let outputCount = series.source.horizon * width * (levels?.count ?? 1)
    guard let line = fold.result.predictions?.lines.first else {
      throw .failed("no forecast was kept", at: fold.result.folder.path)
    }
    let cells = line.cells.suffix(outputCount).map { Double($0) ?? .nan }
    let row = rows[line.row]
    let all = series.series.targets.map(\.values)
    let histories = columns.indices.map { series.history(ofTarget: $0, before: row) }
    let steps = 0..<horizon
    var forecasts: [String: [[Double]]] = [:]
    var quantiles: [[[Double]]] = []
    if let levels {
      let size = levels.count
      let outputs = HostTensor(cells, shape: [1, outputCount])
      let points = levels.points(of: outputs).doubles
      forecasts[Self.network] = steps.map { step in
        (0..<width).map { points[step * width + $0] }
      }
      quantiles = steps.map { step in
        (0..<width).map { column in
          let start = (step * width + column) * size
          return Array(cells[start..<start + size])
        }
      }
    } else {
      forecasts[Self.network] = steps.map { step in
        (0..<width).map { cells[step * width + $0] }
      }
    }
    for baseline in SeriesBaseline.allCases {
      let own = histories.compactMap { history in
        baseline.forecast(steps: horizon, after: history, season: season)
      }
      guard own.count == width else { continue }
      forecasts[baseline.rawValue] = steps.map { step in own.map { $0[step] } }
    }
    return Origin(
      number: fold.fold, row: row, keys: steps.map { index.key(row + $0) },
      values: steps.map { step in all.map { $0[row + step] } }, forecasts: forecasts,
      quantiles: quantiles,
      scales: histories.map { ForecastErrors.scale(of: $0, season: season) })
  }

  // MARK: - Results

  /// The methods that forecast at every origin, the network first.
  package var methods: [String] {
    ([Self.network] + SeriesBaseline.allCases.map(\.rawValue)).filter { method in
      origins.allSatisfy { $0.forecasts[method] != nil }
    }
  }

  /// The errors of a method over all origins and columns.
  ///
  /// - Parameter step: The step ahead, from 1; nil for all.
  package func errors(of method: String, step: Int? = nil) -> ForecastErrors {
    var errors = ForecastErrors()
    for origin in origins {
      guard let forecasts = origin.forecasts[method] else { continue }
      for index in forecasts.indices where step.map({ $0 == index + 1 }) ?? true {
        for column in columns.indices {
          errors.add(
            forecasts[index][column], of: origin.values[index][column],
            scale: origin.scales[column])
        }
      }
    }
    return errors
  }

  /// The share of values between the network's lowest and highest quantile; nil without quantiles.
  ///
  /// - Parameter step: The step ahead, from 1; nil for all.
  package func coverage(step: Int? = nil) -> Double? {
    guard levels?.count ?? 0 > 1 else { return nil }
    var (inside, count) = (0, 0)
    for origin in origins {
      for index in origin.quantiles.indices where step.map({ $0 == index + 1 }) ?? true {
        for column in columns.indices {
          let own = origin.quantiles[index][column]
          let value = origin.values[index][column]
          count += 1
          if own[0] <= value, value <= own[own.count - 1] { inside += 1 }
        }
      }
    }
    return Double(inside) / Double(count)
  }

  /// The errors of each method and step: `backtest.csv`, numbers in full precision.
  private var table: String {
    let steps: [Int?] = [nil] + (1...horizon).map { $0 }
    let names = errors(of: Self.network).figures.map(\.name)
    return CSVField.line(["method", "step"] + names)
      + methods.flatMap { method in
        steps.map { step in
          CSVField.line(
            [method, step.map { "\($0)" } ?? "all"]
              + errors(of: method, step: step).figures.map { "\($0.value)" })
        }
      }.joined()
  }

  /// All forecasts: `forecasts.csv`, numbers in full precision.
  private var forecastTable: String {
    let methods = methods
    let names = levels?.names ?? []
    var text = CSVField.line(
      ["origin", "step", index.name, "column", "value"] + methods
        + names.map { "\(Self.network) \($0)" })
    for origin in origins {
      for step in origin.keys.indices {
        for (column, name) in columns.enumerated() {
          let forecasts = methods.map { origin.forecasts[$0]?[step][column] ?? .nan }
          let quantiles = origin.quantiles.isEmpty ? [] : origin.quantiles[step][column]
          text += CSVField.line(
            ["\(origin.number)", "\(step + 1)", index.text(origin.keys[step]), name]
              + ([origin.values[step][column]] + forecasts + quantiles).map { "\($0)" })
        }
      }
    }
    return text
  }
}

extension Config {
  /// The end of the range of the test source, as the config states it.
  fileprivate var testEnd: ConfigValue? { data.test?.source?["to"] }
}
