public import NNCore

/// A series in columns of a table, and the ranges of it that are trained on.
///
/// An example is a window of successive rows and the values that follow it: rows s − window ..< s
/// are the input and rows s ..< s + horizon of the first column the targets.
public struct SeriesSource: Sendable, Hashable {
  /// The file's path; `.tsv` has tabs between fields, everything else commas.
  public var file: String
  /// The columns of the input; the first is also what is forecast.
  public var columns: [ColumnReference]
  /// The number of rows in the network's input.
  public var window: Int
  /// The number of rows after the window that are forecast.
  public var horizon: Int
  /// The column that `from` and `to` refer to, such as a year; its numbers ascend. Nil (default):
  /// they are row numbers, from 0.
  public var index: ColumnReference?
  /// The start of the targets; nil for the first row that has a full window before it. Windows may
  /// begin before it, so that all of a test range is forecast.
  public var from: Double?
  /// The end of the targets, exclusive; nil for the end of the series.
  public var to: Double?
  /// Whether the first row holds the names of the columns.
  public var header: Bool
  /// The format of the table.
  public var format: CSVFormat

  /// Creates a source; by default of the whole series, with a forecast of one row.
  public init(
    file: String, columns: [ColumnReference], window: Int, horizon: Int = 1,
    index: ColumnReference? = nil, from: Double? = nil, to: Double? = nil, header: Bool = true,
    format: CSVFormat = CSVFormat()
  ) {
    self.file = file
    self.columns = columns
    self.window = window
    self.horizon = horizon
    self.index = index
    self.from = from
    self.to = to
    self.header = header
    self.format = format
  }

  /// Reads the examples.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: The names of the training data's columns, which replace column numbers; nil for the
  ///     training data themselves.
  /// - Throws: `NNError` naming file, line and column for missing values, texts instead of numbers
  ///   and an index that does not ascend; for a window or horizon below 1, a range without targets,
  ///   a series shorter than window and horizon together, unknown columns.
  public func windows(path: String, known: [String]? = nil) throws(NNError) -> SeriesWindows {
    guard horizon >= 1 else {
      throw .invalid("a horizon of \(horizon) rows; expected 1 or more", at: path)
    }
    let rows = try read(path, known)
    guard rows.count >= horizon, rows.count - horizon >= window else {
      throw .invalid(
        "a window of \(window) and a horizon of \(horizon) rows are longer than the series, which "
          + "has \(rows.count)", at: path)
    }
    let targets = range(rows)
    let first = max(window, targets.lowerBound)
    let starts = first..<max(first, targets.upperBound - horizon + 1)
    guard !starts.isEmpty else {
      throw .invalid(
        "no \(horizon) successive targets\(limits) have \(window) rows before them", at: path,
        hint: "the series begins at \(rows.keys[0]) and ends at \(rows.keys[rows.count - 1])")
    }
    // Twice: as an array and as a tensor.
    let byteCount = [starts.count, window.multipliedSaturating(by: columns.count) + horizon, 16]
    try MemoryLimit.check(
      byteCount.saturatingProduct, "\(starts.count) windows of \(window) rows", at: path,
      hint: "use a shorter window")
    var inputs: [Double] = []
    var forecast: [Double] = []
    inputs.reserveCapacity(starts.count * window * columns.count)
    forecast.reserveCapacity(starts.count * horizon)
    for start in starts {
      inputs += rows.values[(start - window) * columns.count..<start * columns.count]
      for row in start..<start + horizon { forecast.append(rows.values[row * columns.count]) }
    }
    return SeriesWindows(
      inputs: HostTensor(inputs, shape: [starts.count, window, columns.count]),
      targets: HostTensor(forecast, shape: [starts.count, horizon]),
      firstTargets: starts.map { rows.keys[$0] }, columnNames: rows.names)
  }

  /// The last window before `to`, or else of the series, float64 [1, window, columns], for a
  /// forecast of the rows after it.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: As for `windows(path:known:)`.
  /// - Throws: As `windows(path:known:)`, and when there are fewer rows than `window` before the
  ///   end.
  public func lastWindow(path: String, known: [String]? = nil) throws(NNError) -> HostTensor {
    let rows = try read(path, known)
    let end = range(rows).upperBound
    guard end >= window else {
      throw .invalid(
        "a window of \(window) needs as many rows; there are \(end)"
          + (to.map { " before \($0)" } ?? ""), at: path)
    }
    return HostTensor(
      Array(rows.values[(end - window) * columns.count..<end * columns.count]),
      shape: [1, window, columns.count])
  }

  /// The values of a series in temporal order.
  public struct Series: Sendable {
    /// The name of the column that is forecast.
    public let valueName: String
    /// The name of the index column; `row` without one.
    public let keyName: String
    /// The index column's values, or the row numbers.
    public let keys: [Double]
    /// The values of the column that is forecast.
    public let values: [Double]
  }

  /// The whole series, regardless of `from` and `to`.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: As for `windows(path:known:)`.
  /// - Throws: As `windows(path:known:)`.
  public func series(path: String, known: [String]? = nil) throws(NNError) -> Series {
    let rows = try read(path, known)
    let values = stride(from: 0, to: rows.values.count, by: columns.count).map { rows.values[$0] }
    return Series(
      valueName: rows.names[0], keyName: rows.keyName, keys: rows.keys, values: values)
  }

  private struct Rows {
    /// The columns' names in messages.
    var names: [String]
    var keyName: String
    /// Row by row, the columns of each.
    var values: [Double] = []
    /// The keys that `from` and `to` are compared with.
    var keys: [Double] = []
    var count: Int { keys.count }
  }

  /// The examples as a data set in temporal order.
  func load(path: String, known: DataEncoding?) throws(NNError) -> Dataset {
    let windows = try windows(path: path, known: known?.featureNames)
    var dataset = try Dataset(
      name: path, source: Ports(windows.inputs), targets: windows.targets,
      featureNames: header ? windows.columnNames : nil)
    dataset.timeOrder = TimeOrder(sharedTargets: horizon - 1)
    if header {
      let name = windows.columnNames[0]
      dataset.targetNames = horizon == 1 ? [name] : (1...horizon).map { "\(name)+\($0)" }
    }
    return dataset
  }

  private func read(_ path: String, _ known: [String]?) throws(NNError) -> Rows {
    guard window >= 1 else {
      throw .invalid("a window of \(window) rows; expected 1 or more", at: path)
    }
    guard !columns.isEmpty else { throw .invalid("no column is named", at: path) }
    if let from, let to, from >= to {
      throw .invalid("the targets begin at \(from) and end before \(to): there are none", at: path)
    }
    var table = try TableReader(path: path, format: format, header: header)
    // Names that are given apply; numbers refer to the columns of the training data.
    let names = columns.contains { $0.name != nil } ? nil : known
    let positions: [Int]
    if header, let names, names.count == columns.count, names.areUnique {
      positions = try table.columns(asInTraining: names)
    } else {
      positions = try table.columns(columns)
    }
    let key = try index.map { column throws(NNError) in try table.columns([column])[0] }
    func name(_ column: Int) -> String { header ? table.header[column] : "column \(column)" }
    var rows = Rows(names: positions.map(name), keyName: key.map(name) ?? "row")
    while try table.nextRow() {
      for column in positions { rows.values.append(try table.number(column)) }
      guard let key else {
        rows.keys.append(Double(rows.count))
        continue
      }
      let value = try table.number(key)
      if let last = rows.keys.last, value <= last {
        throw .invalid(
          "\(table.name(of: key)): \(value) follows \(last); expected ascending numbers",
          at: "\(path):\(table.line)")
      }
      rows.keys.append(value)
    }
    return rows
  }

  /// The rows that may be targets.
  private func range(_ rows: Rows) -> Range<Int> {
    func first(_ limit: Double?, else end: Int) -> Int {
      limit.map { limit in rows.keys.firstIndex { $0 >= limit } ?? rows.count } ?? end
    }
    let upper = first(to, else: rows.count)
    return min(first(from, else: 0), upper)..<upper
  }

  private var limits: String {
    (from.map { " from \($0)" } ?? "") + (to.map { " up to \($0)" } ?? "")
  }
}

/// Windows of a series and their targets.
public struct SeriesWindows: Sendable {
  /// The windows, float64 [M, window, columns].
  public let inputs: HostTensor
  /// The following values of the first column, float64 [M, horizon].
  public let targets: HostTensor
  /// The start of each window's targets: the index column's value, or the row number.
  public let firstTargets: [Double]
  /// The names of the input's columns.
  public let columnNames: [String]
}
