import NNCore

/// The rows of a series' file, with rows for dates that are missing; NaN where values are.
struct SeriesRows {
  /// The names of the columns.
  let names: [String]
  /// The index, with the keys of all rows.
  let index: SeriesIndex
  /// The columns.
  let columns: SeriesColumns
  /// The line of each row; 0 for rows that are not in the file.
  let lines: [Int]
  /// What was found.
  let notes: [DataNote]
  /// The name of a column in messages.
  let messageNames: [String]

  init(_ source: SeriesSource, path: String, known: [String]?) throws(NNError) {
    var table = try TableReader(path: path, format: source.format, header: source.header)
    let references = source.fileColumns
    // Names that are given apply; numbers refer to the columns of the training data.
    let training =
      references.contains { $0.name != nil }
      ? nil : known.map { Array($0.prefix(references.count)) }
    let positions: [Int]
    if source.header, let training, training.count == references.count, training.areUnique {
      positions = try table.columns(asInTraining: training)
    } else {
      positions = try table.columns(references)
    }
    let key = try source.index.map { column throws(NNError) in try table.columns([column])[0] }
    func name(_ column: Int) -> String {
      source.header ? table.header[column] : "column \(column)"
    }
    names = positions.map(name)
    messageNames = positions.map(table.name)
    var reader = KeyReader(key, order: source.dateOrder, path: path)
    var values: [Double] = []
    var lines: [Int] = []
    while try table.nextRow() {
      for column in positions { values.append(try table.numberOrMissing(column)) }
      lines.append(table.line)
      try reader.read(table, lines)
    }
    guard let key, reader.hasDates else {
      index = SeriesIndex(name: key.map(name) ?? "row", numbers: reader.keys)
      columns = SeriesColumns(width: positions.count, values: values)
      self.lines = lines
      notes = []
      return
    }
    let dates = reader.keys
    let grid = try DateGrid(
      dates, lines: lines, column: table.name(of: key), path: path)
    let hasGaps = grid.count > dates.count
    if hasGaps, source.gaps == .error { throw grid.gapError() }
    if hasGaps {
      try MemoryLimit.check(
        [grid.count, positions.count + 1, 24].saturatingProduct,
        "\(grid.count) rows, one for each \(grid.step.map { "\($0)" } ?? "")", at: path)
    }
    index = SeriesIndex(name: name(key), dates: dates, step: grid.step, count: grid.count)
    notes =
      grid.step.map { step in
        [
          DataNote(
            subject: table.name(of: key),
            what: "rows, one for each \(step) from \(SeriesDate.text(dates[0])) to "
              + SeriesDate.text(dates[dates.count - 1]), count: grid.count)
        ]
      } ?? []
    guard hasGaps else {
      columns = SeriesColumns(width: positions.count, values: values)
      self.lines = lines
      return
    }
    let width = positions.count
    var spread = [Double](repeating: .nan, count: grid.count * width)
    var spreadLines = [Int](repeating: 0, count: grid.count)
    for (row, place) in grid.places.enumerated() {
      spread.replaceSubrange(
        place * width..<(place + 1) * width, with: values[row * width..<(row + 1) * width])
      spreadLines[place] = lines[row]
    }
    columns = SeriesColumns(width: width, values: spread)
    self.lines = spreadLines
  }
}

/// Reads the ascending keys of an index: row numbers, the numbers of a column, or its dates.
private struct KeyReader {
  private let column: Int?
  private let order: DateOrder?
  private let path: String
  /// The keys so far.
  private(set) var keys: [Double] = []
  /// Whether the keys are dates, which the first one decides.
  private(set) var hasDates = false

  init(_ column: Int?, order: DateOrder?, path: String) {
    self.column = column
    self.order = order
    self.path = path
  }

  mutating func read(_ table: TableReader, _ lines: [Int]) throws(NNError) {
    guard let column else {
      keys.append(Double(keys.count))
      return
    }
    let name = table.name(of: column)
    let place = "\(path):\(table.line)"
    if keys.isEmpty {
      hasDates = try SeriesDate.seconds(table.value(column), order: order) != nil
      if !hasDates, table.format.number(try table.text(column)) == nil {
        let text = try table.text(column)
        throw .invalid(
          "\(name): expected a number or a date, found \"\(text)\"", at: place,
          hint: SeriesDate.hint(for: text))
      }
    }
    guard hasDates else {
      let value = try table.number(column)
      if let last = keys.last, value <= last {
        throw .invalid(
          "\(name): \(value) follows \(last); expected ascending numbers", at: place,
          hint: "sort the rows by the column")
      }
      keys.append(value)
      return
    }
    let text = try table.value(column)
    guard let date = SeriesDate.seconds(text, order: order) else {
      throw .invalid(
        "\(name): expected a date, found \"\(text)\"", at: place, hint: SeriesDate.hint(for: text))
    }
    if let last = keys.last, date <= last {
      let line = lines[lines.count - 2]
      throw date == last
        ? .invalid(
          "\(name): the date \(text) stands in line \(line) already", at: place,
          hint: "leave one of the rows out, or merge them")
        : .invalid(
          "\(name): \(text) follows \(SeriesDate.text(last)) in line \(line); expected ascending "
            + "dates", at: place, hint: "sort the rows by the column")
    }
    keys.append(date)
  }
}

/// The places of dates among regular steps.
private struct DateGrid {
  /// The step; nil for a single date.
  let step: SeriesStep?
  /// The place of each date, from 0.
  let places: [Int]
  private let dates: [Double]
  private let lines: [Int]
  private let column: String
  private let path: String

  init(_ dates: [Double], lines: [Int], column: String, path: String) throws(NNError) {
    (self.dates, self.lines, self.column, self.path) = (dates, lines, column, path)
    guard dates.count > 1 else {
      step = nil
      places = Array(dates.indices)
      return
    }
    guard let step = SeriesStep(of: dates) else {
      throw .invalid(
        "\(column): the dates are not whole seconds apart", at: path,
        hint: "round them to a regular step")
    }
    self.step = step
    var places: [Int] = [0]
    for row in 1..<dates.count {
      guard let place = step.count(from: dates[0], to: dates[row]), place > places[row - 1] else {
        throw .invalid(
          "\(column): \(SeriesDate.text(dates[row])) follows \(SeriesDate.text(dates[row - 1])) in "
            + "line \(lines[row - 1]), which is no multiple of the step of one \(step)",
          at: "\(path):\(lines[row])",
          hint: "round the dates to a regular step, or use an index of numbers")
      }
      places.append(place)
    }
    self.places = places
  }

  /// The number of steps from the first to the last date, both included.
  var count: Int { (places.last ?? -1) + 1 }

  /// The error for the first date that is missing.
  func gapError() -> NNError {
    let row = places.indices.dropFirst().first { places[$0] > places[$0 - 1] + 1 } ?? 0
    let missing = places[row] - places[max(0, row - 1)] - 1
    let name = step.map { "\($0)" } ?? ""
    return .invalid(
      "\(column): \(SeriesDate.text(dates[row])) follows \(SeriesDate.text(dates[max(0, row - 1)])) "
        + "in line \(lines[max(0, row - 1)]): \(missing) \(missing == 1 ? "row is" : "rows are") "
        + "missing with one for each \(name)", at: "\(path):\(lines[row])",
      hint: "add the rows, or fill them with `gaps: linear`, `previous` or `indicator`")
  }
}

extension TableReader {
  /// The number of a column in the current row; NaN for a missing value.
  fileprivate func numberOrMissing(_ column: Int) throws(NNError) -> Double {
    if let number = try numberIfAny(column) { return number }
    return format.isMissing(try text(column)) ? .nan : try number(column)
  }
}

/// The rows of a series whose missing values are filled.
struct SeriesFilling {
  /// The columns without missing values, as far as rows are used.
  private(set) var columns: SeriesColumns
  /// The number of rows up to the last one with a value to forecast.
  let count: Int
  /// The number of rows with all columns known ahead.
  let knownCount: Int
  /// What was filled in.
  let notes: [DataNote]

  /// Fills the columns.
  ///
  /// - Throws: `NNError` that names line and column of a missing value that is not filled.
  init(_ rows: SeriesRows, _ source: SeriesSource, path: String) throws(NNError) {
    columns = rows.columns
    let known = Set(source.knownPlaces)
    let (targets, columns) = (source.targetPlaces, rows.columns)
    let mayEndEarly = !known.isEmpty || source.gaps != .error
    let last = targets.compactMap { columns.lastRow(of: $0) }.max()
    let count = mayEndEarly ? (last ?? -1) + 1 : columns.count
    // Those that end before the last value to forecast have gaps.
    let lastKnown = known.map { columns.lastRow(of: $0) ?? -1 }.min() ?? columns.count - 1
    let knownCount = max(count, lastKnown + 1)
    (self.count, self.knownCount) = (count, knownCount)
    let ends = (0..<columns.width).map { known.contains($0) ? knownCount : count }
    // In the order of the file.
    let gaps = (0..<columns.width).compactMap { column in
      columns.firstGap(of: column, below: ends[column]).map { (row: $0, column: column) }
    }.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    guard let first = gaps.first else {
      notes = []
      return
    }
    let place = rows.lines[first.row] == 0 ? path : "\(path):\(rows.lines[first.row])"
    if source.gaps == .error {
      throw .invalid(
        "\(rows.messageNames[first.column]): the value is missing", at: place,
        hint: "remove the row or fill in a value, or fill all with `gaps: linear`, `previous` or "
          + "`indicator`")
    }
    if let start = gaps.first(where: { $0.row == 0 }) {
      let until = (0..<columns.count).first {
        !columns.values[$0 * columns.width + start.column].isNaN
      }
      throw .invalid(
        "\(rows.messageNames[start.column]): the series begins with missing values, which have no "
          + "value before them", at: place,
        hint: until.map { "leave out the rows before line \(rows.lines[$0])" }
          ?? "leave the column out")
    }
    var notes: [DataNote] = []
    for gap in gaps.sorted(by: { $0.column < $1.column }) {
      let filled = self.columns.fill(gap.column, below: ends[gap.column], by: source.gaps)
      notes.append(
        DataNote(
          subject: rows.messageNames[gap.column], what: source.gaps.what, count: filled))
    }
    self.notes = notes
  }
}
