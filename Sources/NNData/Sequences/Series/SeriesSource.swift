public import NNCore

/// A series in columns of a table, and the ranges of it that are trained on.
///
/// An example is a window of successive rows and the values that follow it: rows s − window ..< s
/// are the input and rows s ..< s + horizon of the forecast columns the targets. The inputs of a
/// row r of the window are, in this order: all columns at r; the `known` columns at r + horizon, so
/// that the last rows of a window hold those of the rows to forecast; sine and cosine of each
/// calendar feature at r + horizon; with `SeriesGaps.indicator` whether each column was missing at r.
public struct SeriesSource: Sendable, Hashable {
  /// The file's path; `.tsv` has tabs between fields, everything else commas.
  public var file: String
  /// The columns of the input; the first is also what is forecast unless `targets` says otherwise.
  public var columns: [ColumnReference]
  /// The columns that are forecast, which are inputs as well; nil (default) for the first of `columns`.
  public var targets: [ColumnReference]?
  /// Further columns of the input, known up to the end of the window; none by default.
  public var covariates: [ColumnReference]
  /// Further columns of the input, known ahead for the rows to forecast; none by default.
  public var known: [ColumnReference]
  /// Features of the dates of the rows to forecast; none by default.
  public var calendar: [CalendarFeature]
  /// The number of rows in the network's input.
  public var window: Int
  /// The number of rows after the window that are forecast.
  public var horizon: Int
  /// The column that `from` and `to` refer to, such as a year or a date; it ascends. Nil (default):
  /// they are row numbers, from 0.
  public var index: ColumnReference?
  /// The order of day and month in dates such as `3/4/2024`; nil (default) where the year comes
  /// first, and for `3.4.2024`, where the day does.
  public var dateOrder: DateOrder?
  /// What becomes of missing values, and of rows that are missing between dates; `error` by default.
  public var gaps: SeriesGaps
  /// The start of the targets; nil for the first row that has a full window before it. Windows may
  /// begin before it, so that all of a test range is forecast.
  public var from: SeriesPosition?
  /// The end of the targets, exclusive; nil for the end of the series.
  public var to: SeriesPosition?
  /// Whether the first row holds the names of the columns.
  public var header: Bool
  /// The format of the table.
  public var format: CSVFormat

  /// Creates a source; by default of the whole series, with a forecast of one row.
  public init(
    file: String, columns: [ColumnReference], targets: [ColumnReference]? = nil,
    covariates: [ColumnReference] = [], known: [ColumnReference] = [],
    calendar: [CalendarFeature] = [], window: Int, horizon: Int = 1,
    index: ColumnReference? = nil, dateOrder: DateOrder? = nil, gaps: SeriesGaps = .error,
    from: SeriesPosition? = nil, to: SeriesPosition? = nil, header: Bool = true,
    format: CSVFormat = CSVFormat()
  ) {
    self.file = file
    self.columns = columns
    self.targets = targets
    self.covariates = covariates
    self.known = known
    self.calendar = calendar
    self.window = window
    self.horizon = horizon
    self.index = index
    self.dateOrder = dateOrder
    self.gaps = gaps
    self.from = from
    self.to = to
    self.header = header
    self.format = format
  }

  /// Reads the examples.
  ///
  /// Windows whose targets were missing are left out, so that no network is trained or measured on
  /// a value that was filled in.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: The names of the training data's inputs, whose first ones replace column numbers; nil
  ///     for the training data themselves.
  /// - Throws: `NNError` naming file, line and column for missing values and rows unless `gaps` fills
  ///   them, texts instead of numbers and an index that does not ascend; for a window or horizon
  ///   below 1, a range without targets, a series shorter than window and horizon together, unknown
  ///   columns.
  public func windows(path: String, known: [String]? = nil) throws(NNError) -> SeriesWindows {
    try SeriesTable(self, path: path, known: known).windows()
  }

  /// The last window before `to`, or else of the series, float64 [1, window, inputs], for a
  /// forecast of the rows after it.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: As for `windows(path:known:)`.
  /// - Throws: As `windows(path:known:)`, and when there are fewer rows than `window` before the
  ///   end, or columns known ahead end before the horizon.
  public func lastWindow(path: String, known: [String]? = nil) throws(NNError) -> HostTensor {
    let table = try SeriesTable(self, path: path, known: known)
    return try table.window(before: table.targetRows().upperBound)
  }

  /// The values of a series in temporal order.
  public struct Series: Sendable {
    /// The name of the first column that is forecast.
    public let valueName: String
    /// The index with the number or date of each row.
    public let index: SeriesIndex
    /// The values of the first column that is forecast.
    public let values: [Double]
    /// The name and the values of each column that is forecast, `values` first.
    public let targets: [(name: String, values: [Double])]
    /// The name of the index column; `row` without one.
    public var keyName: String { index.name }
    /// The index column's values, dates as seconds since 1970-01-01, or the row numbers.
    public var keys: [Double] { index.keys }
  }

  /// The whole series, regardless of `from` and `to`, without rows after the last value to forecast.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: As for `windows(path:known:)`.
  /// - Throws: As `windows(path:known:)`.
  public func series(path: String, known: [String]? = nil) throws(NNError) -> Series {
    try SeriesTable(self, path: path, known: known).series
  }

  /// The examples as a data set in temporal order.
  func load(path: String, known: DataEncoding?) throws(NNError) -> Dataset {
    let table = try SeriesTable(self, path: path, known: known?.featureNames)
    let windows = try table.windows()
    var dataset = try Dataset(
      name: path, source: Ports(windows.inputs), targets: windows.targets,
      featureNames: header ? windows.columnNames : nil)
    dataset.timeOrder = TimeOrder(sharedTargets: horizon - 1)
    if header { dataset.targetNames = targetNames(table.targetNames) }
    dataset.notes = table.notes + windows.notes
    return dataset
  }

  /// The names of the outputs: `sales+1`, or the column's own for a horizon of one.
  package func targetNames(_ columns: [String]) -> [String] {
    horizon == 1 ? columns : (1...horizon).flatMap { step in columns.map { "\($0)+\(step)" } }
  }

  // MARK: - Columns

  /// The columns that are read, each once: inputs, forecast ones, covariates, those known ahead.
  var fileColumns: [ColumnReference] {
    var seen: Set<ColumnReference> = []
    return (columns + (targets ?? []) + covariates + known).filter { seen.insert($0).inserted }
  }

  /// The places of the forecast columns among `fileColumns`.
  var targetPlaces: [Int] { places(of: targets ?? Array(columns.prefix(1))) }

  /// The places of the columns known ahead among `fileColumns`.
  var knownPlaces: [Int] { places(of: known) }

  /// Whether forecasts can be inputs of further forecasts: every column is forecast or known ahead.
  package var isRecursive: Bool {
    Set(targetPlaces + knownPlaces).count == fileColumns.count
  }

  /// Whether inputs are those of the rows to forecast.
  private var readsAhead: Bool { !known.isEmpty || !calendar.isEmpty }

  private func places(of references: [ColumnReference]) -> [Int] {
    let all = fileColumns
    return references.compactMap { all.firstIndex(of: $0) }
  }

  /// Why these options contradict each other; nil if they do not.
  package var contradiction: (option: String, message: String, hint: String)? {
    let forecast = targets ?? Array(columns.prefix(1))
    if let column = known.first(where: forecast.contains) {
      return ("known", "\(column) is forecast, so it is not known ahead", "name it in one of them")
    }
    if let column = known.first(where: covariates.contains) {
      return (
        "known", "\(column) is both a covariate known up to now and known ahead",
        "name it in one of them"
      )
    }
    if let column = covariates.first(where: forecast.contains) {
      return ("covariates", "\(column) is forecast, so it is no covariate", "leave it out")
    }
    if !calendar.isEmpty, index == nil {
      return (
        "calendar", "features of dates need a column of dates", "name it with `index`"
      )
    }
    if readsAhead, window < horizon {
      return (
        "window",
        "the last \(horizon) rows of a window hold what is known ahead, and it has \(window)",
        "use a window of \(horizon) or more rows"
      )
    }
    return nil
  }
}
