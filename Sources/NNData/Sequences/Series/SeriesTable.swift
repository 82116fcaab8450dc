public import NNCore

/// A series as read: one row for each step of its index, missing values filled.
package struct SeriesTable: Sendable {
  /// What is read, and which ranges are forecast.
  package let source: SeriesSource
  /// The file.
  package let path: String
  /// The names of the columns, in messages.
  package let columnNames: [String]
  /// The index, with the keys of all rows of the file.
  package let index: SeriesIndex
  /// The number of rows up to the last one with a value to forecast; later ones only hold what is
  /// known ahead.
  package internal(set) var count: Int
  /// The number of rows for which all columns known ahead have values.
  let knownCount: Int
  /// The columns; `count` rows of all and `knownCount` of those known ahead.
  var columns: SeriesColumns
  /// What was found and filled in.
  package let notes: [DataNote]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - source: What is read.
  ///   - path: The file's path.
  ///   - known: The names of the training data's inputs; nil for the training data themselves.
  /// - Throws: As `SeriesSource.windows(path:known:)`.
  package init(_ source: SeriesSource, path: String, known: [String]?) throws(NNError) {
    guard source.window >= 1 else {
      throw .invalid("a window of \(source.window) rows; expected 1 or more", at: path)
    }
    guard source.horizon >= 1 else {
      throw .invalid("a horizon of \(source.horizon) rows; expected 1 or more", at: path)
    }
    guard !source.columns.isEmpty else { throw .invalid("no column is named", at: path) }
    if let problem = source.contradiction {
      throw .invalid(problem.message, at: path, hint: problem.hint)
    }
    let rows = try SeriesRows(source, path: path, known: known)
    guard source.calendar.isEmpty || rows.index.hasDates || rows.index.keys.isEmpty else {
      throw .invalid(
        "`calendar` needs dates, and the index \(rows.index.name) holds numbers", at: path,
        hint: "name a column of dates in `index`, or leave `calendar` out")
    }
    self.source = source
    self.path = path
    columnNames = rows.names
    index = rows.index
    columns = rows.columns
    let filling = try SeriesFilling(rows, source, path: path)
    columns = filling.columns
    count = filling.count
    knownCount = filling.knownCount
    notes = rows.notes + filling.notes
  }

  /// The names of the forecast columns.
  package var targetNames: [String] { source.targetPlaces.map { columnNames[$0] } }

  /// The names of the inputs of a row.
  package var inputNames: [String] {
    let ahead = source.horizon
    return columnNames + source.knownPlaces.map { "\(columnNames[$0])+\(ahead)" }
      + source.calendar.flatMap { ["\($0.rawValue)+\(ahead) sin", "\($0.rawValue)+\(ahead) cos"] }
      + (source.gaps == .indicator ? columnNames.map { "\($0).missing" } : [])
  }

  /// The series, without rows after the last value to forecast.
  package var series: SeriesSource.Series {
    let targets = zip(targetNames, source.targetPlaces).map { name, place in
      (name: name, values: (0..<count).map { columns.values[$0 * columns.width + place] })
    }
    var own = index
    own.keys = Array(own.keys.prefix(count))
    return SeriesSource.Series(
      valueName: targets[0].name, index: own, values: targets[0].values, targets: targets)
  }

  /// The values of a forecast column before a row. Those at the end that were filled in are the last one
  /// that was observed, since interpolated ones depend on what comes after them.
  ///
  /// - Parameters:
  ///   - target: The number of the column in `targetNames`.
  ///   - row: At least 1.
  package func history(ofTarget target: Int, before row: Int) -> [Double] {
    let place = source.targetPlaces[target]
    var values = (0..<row).map { columns.values[$0 * columns.width + place] }
    let last = columns.observed(place, upTo: row - 1)
    for filled in columns.filledRows(place, before: row) { values[filled] = last }
    return values
  }

  /// The rows that may be targets.
  ///
  /// - Throws: `NNError` for `from` and `to` of another kind than the index, or in wrong order.
  package func targetRows() throws(NNError) -> Range<Int> {
    let (from, to) = (try key(source.from, "from"), try key(source.to, "to"))
    if let from, let to, from >= to {
      throw .invalid(
        "the targets begin at \(limit(source.from)) and end before \(limit(source.to)): there are "
          + "none", at: path)
    }
    func first(_ limit: Double?, else end: Int) -> Int {
      limit.map { limit in index.keys[..<count].firstIndex { $0 >= limit } ?? count } ?? end
    }
    let upper = first(to, else: count)
    return min(first(from, else: 0), upper)..<upper
  }

  /// Whether the range of targets ends before another end; nil is the end of the file.
  ///
  /// - Throws: `NNError` for an end of another kind than the index.
  package func ends(before position: SeriesPosition?) throws(NNError) -> Bool {
    guard let own = try key(source.to, "to") else { return false }
    return try key(position, "to").map { own < $0 } ?? true
  }

  private func key(_ position: SeriesPosition?, _ option: String) throws(NNError) -> Double? {
    try position?.key(
      hasDates: index.hasDates, order: source.dateOrder, option: option, at: path)
  }

  private func limit(_ position: SeriesPosition?) -> String { position.map { "\($0)" } ?? "" }

  private var limits: String {
    (source.from.map { " from \($0)" } ?? "") + (source.to.map { " up to \($0)" } ?? "")
  }

  /// The examples.
  package func windows() throws(NNError) -> SeriesWindows {
    let (window, horizon) = (source.window, source.horizon)
    guard count >= horizon, count - horizon >= window else {
      throw .invalid(
        "a window of \(window) and a horizon of \(horizon) rows are longer than the series, which "
          + "has \(count)", at: path)
    }
    let targets = try targetRows()
    let first = max(window, targets.lowerBound)
    let possible = first..<max(first, targets.upperBound - horizon + 1)
    guard !possible.isEmpty else {
      throw .invalid(
        "no \(horizon) successive targets\(limits) have \(window) rows before them", at: path,
        hint: "the series begins at \(key(0)) and ends at \(key(count - 1))")
    }
    let places = source.targetPlaces
    let starts = possible.filter { start in
      !(start..<start + horizon).contains { row in
        places.contains { columns.isFilled(row, $0) }
      }
    }
    guard !starts.isEmpty else {
      throw .invalid(
        "each of \(possible.count) windows has a missing value among the \(horizon) to forecast",
        at: path, hint: "use a shorter horizon, or a part of the series with fewer gaps")
    }
    let names = inputNames
    // Twice: as an array and as a tensor.
    let byteCount = [
      starts.count, window.multipliedSaturating(by: names.count) + horizon * places.count, 16,
    ]
    try MemoryLimit.check(
      byteCount.saturatingProduct, "\(starts.count) windows of \(window) rows", at: path,
      hint: "use a shorter window")
    let rows = rowInputs(count - horizon)
    var inputs: [Double] = []
    var forecast: [Double] = []
    inputs.reserveCapacity(starts.count * window * names.count)
    forecast.reserveCapacity(starts.count * horizon * places.count)
    for start in starts {
      let begin = inputs.count
      inputs += rows[(start - window) * names.count..<start * names.count]
      hideFuture(&inputs, from: begin, before: start)
      for row in start..<start + horizon {
        for place in places { forecast.append(columns.values[row * columns.width + place]) }
      }
    }
    let leftOut = possible.count - starts.count
    return SeriesWindows(
      inputs: HostTensor(inputs, shape: [starts.count, window, names.count]),
      targets: HostTensor(forecast, shape: [starts.count, horizon * places.count]),
      firstTargets: starts.map { index.keys[$0] }, firstRows: starts, columnNames: names,
      notes: leftOut == 0
        ? []
        : [
          DataNote(
            subject: path, what: "windows left out because a value to forecast is missing",
            count: leftOut)
        ])
  }

  /// The window before a row, float64 [1, window, inputs].
  ///
  /// - Throws: `NNError` for fewer rows than the window has, and for columns known ahead that end
  ///   before the horizon.
  package func window(before start: Int) throws(NNError) -> HostTensor {
    let window = source.window
    guard start >= window else {
      throw .invalid(
        "a window of \(window) needs as many rows; there are \(start)"
          + (source.to.map { " before \($0)" } ?? ""), at: path)
    }
    let missing = start + source.horizon - knownCount
    guard source.known.isEmpty || missing <= 0 else {
      let names = source.knownPlaces.map { "\"\(columnNames[$0])\"" }.joined(separator: ", ")
      throw .invalid(
        "the forecast needs \(source.known.count == 1 ? "column" : "columns") \(names) from "
          + "\(key(start)) to \(key(start + source.horizon - 1)), and values end at "
          + key(knownCount - 1), at: path,
        hint: "add \(missing) \(missing == 1 ? "row" : "rows") up to "
          + "\(key(start + source.horizon - 1)), with the columns to forecast left empty")
    }
    let width = inputNames.count
    var inputs = Array(rowInputs(start, from: start - window))
    hideFuture(&inputs, from: 0, before: start)
    return HostTensor(inputs, shape: [1, window, width])
  }

  /// A key as written, also of a row after the last one.
  package func key(_ row: Int) -> String {
    index.step == nil && !index.hasDates ? "\(index.key(row))" : index.text(index.key(row))
  }

  /// Adds a row with forecast values, so that a window may end after it.
  ///
  /// - Precondition: Forecasts can be inputs of further ones (`SeriesSource.isRecursive`).
  package mutating func append(forecast values: [Double]) {
    precondition(source.isRecursive && values.count == source.targetPlaces.count, "one for each")
    if count == columns.count {
      columns.append([Double](repeating: 0, count: columns.width))
    }
    for (place, value) in zip(source.targetPlaces, values) { columns.set(count, place, value) }
    count += 1
  }

  // MARK: - Inputs

  /// The inputs of the rows from `first` up to `end`, row by row; values known ahead that do not
  /// exist are 0, in rows that no window reads.
  private func rowInputs(_ end: Int, from first: Int = 0) -> [Double] {
    let known = source.knownPlaces
    let hasMore = !known.isEmpty || !source.calendar.isEmpty || source.gaps == .indicator
    guard hasMore else {
      return Array(columns.values[first * columns.width..<max(first, end) * columns.width])
    }
    var inputs: [Double] = []
    inputs.reserveCapacity((end - first) * inputNames.count)
    for row in first..<end {
      inputs += columns.values[row * columns.width..<(row + 1) * columns.width]
      let ahead = row + source.horizon
      for place in known {
        inputs.append(ahead < knownCount ? columns.values[ahead * columns.width + place] : 0)
      }
      for feature in source.calendar { inputs += feature.values(index.key(ahead)) }
      if source.gaps == .indicator {
        for place in 0..<columns.width { inputs.append(columns.isFilled(row, place) ? 1 : 0) }
      }
    }
    return inputs
  }

  /// Replaces values at the end of a window that were interpolated with values after it by the last
  /// values before them.
  private func hideFuture(_ inputs: inout [Double], from begin: Int, before start: Int) {
    guard source.gaps == .linear else { return }
    let width = inputNames.count
    let window = source.window
    let known = Set(source.knownPlaces)
    for place in 0..<columns.width where !known.contains(place) {
      let last = columns.observed(place, upTo: start - 1)
      for row in columns.filledRows(place, before: start).clamped(to: start - window..<start) {
        inputs[begin + (row - start + window) * width + place] = last
      }
    }
  }
}

/// Windows of a series and their targets.
public struct SeriesWindows: Sendable {
  /// The windows, float64 [M, window, inputs].
  public let inputs: HostTensor
  /// The following values of the forecast columns, float64 [M, horizon · columns], by step.
  public let targets: HostTensor
  /// The start of each window's targets: the index column's value, a date as seconds since
  /// 1970-01-01, or the row number.
  public let firstTargets: [Double]
  /// The row of each window's first target, from 0, counting rows that were missing between dates.
  public let firstRows: [Int]
  /// The names of the inputs of a row.
  public let columnNames: [String]
  /// What was left out.
  public let notes: [DataNote]
}
