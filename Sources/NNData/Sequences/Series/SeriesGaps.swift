/// What becomes of missing values of a series, and of rows that are missing between dates.
public enum SeriesGaps: String, Sendable, Hashable, CaseIterable {
  /// They are an error.
  case error
  /// They are interpolated linearly between the values around them; in a window that ends between
  /// these they are the value before, so that no input depends on what comes after it.
  case linear
  /// They are the value before.
  case previous
  /// They are the value before, and a further input `COLUMN.missing` of each column is 1 where the
  /// value was missing.
  case indicator

  /// What was done, for notes.
  var what: String {
    self == .linear
      ? "missing values interpolated linearly" : "missing values filled with the value before"
  }
}

/// The columns of a series' rows, in which missing values can be filled.
struct SeriesColumns {
  /// The number of columns.
  let width: Int
  /// Row by row, the columns of each; NaN where a value is missing.
  var values: [Double]
  /// Whether each value was missing; empty where none was.
  private(set) var wasMissing: [Bool] = []

  init(width: Int, values: [Double]) {
    self.width = width
    self.values = values
  }

  /// The number of rows.
  var count: Int { values.count / max(1, width) }

  /// Whether a value was missing and is filled.
  func isFilled(_ row: Int, _ column: Int) -> Bool {
    let index = row * width + column
    return index < wasMissing.count && wasMissing[index]
  }

  /// The last row with a value of a column; nil for none.
  func lastRow(of column: Int) -> Int? {
    (0..<count).last { !values[$0 * width + column].isNaN }
  }

  /// The first row, below a limit, that lacks a value of a column; nil for none.
  func firstGap(of column: Int, below limit: Int) -> Int? {
    (0..<limit).first { values[$0 * width + column].isNaN }
  }

  /// Fills the missing values of a column in the first rows.
  ///
  /// - Returns: The number of values that were filled.
  /// - Precondition: The first row has a value.
  mutating func fill(_ column: Int, below limit: Int, by gaps: SeriesGaps) -> Int {
    if wasMissing.isEmpty { wasMissing = [Bool](repeating: false, count: values.count) }
    var filled = 0
    var before = 0
    for row in 1..<max(1, limit) where !values[row * width + column].isNaN {
      fill(column, before + 1..<row, from: before, to: gaps == .linear ? row : nil)
      filled += row - before - 1
      before = row
    }
    let end = max(before + 1, limit)
    fill(column, before + 1..<end, from: before, to: nil)
    return filled + end - before - 1
  }

  private mutating func fill(_ column: Int, _ rows: Range<Int>, from before: Int, to after: Int?) {
    let start = values[before * width + column]
    for row in rows {
      var value = start
      if let after {
        let share = Double(row - before) / Double(after - before)
        value = start * (1 - share) + values[after * width + column] * share
      }
      values[row * width + column] = value
      wasMissing[row * width + column] = true
    }
  }

  /// The last value of a column that was not missing, up to a row.
  func observed(_ column: Int, upTo row: Int) -> Double {
    var row = row
    while row > 0, isFilled(row, column) { row -= 1 }
    return values[row * width + column]
  }

  /// The rows directly before a row whose values in a column were filled in.
  func filledRows(_ column: Int, before row: Int) -> Range<Int> {
    var first = row
    while first > 0, isFilled(first - 1, column) { first -= 1 }
    return first..<row
  }

  /// Adds a row.
  mutating func append(_ row: [Double]) {
    values += row
    if !wasMissing.isEmpty { wasMissing += [Bool](repeating: false, count: width) }
  }

  /// Replaces a value by one that counts as observed.
  mutating func set(_ row: Int, _ column: Int, _ value: Double) {
    values[row * width + column] = value
    if !wasMissing.isEmpty { wasMissing[row * width + column] = false }
  }
}
