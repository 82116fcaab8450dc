import NNCore

/// A field of a row: its range in the bytes of the rows.
struct TableField {
  let range: Range<Int>
  let isQuoted: Bool
}

/// The rows of a table, one after another.
protocol TableRows {
  /// The line of the last row read, from 1.
  var line: Int { get }
  /// What was left out of the rows so far.
  var notes: [DataNote] { get }
  /// Reads the next row into `fields`; false at the end.
  mutating func next(_ fields: inout [TableField]) throws(NNError) -> Bool
  /// The text of a field.
  func text(_ field: TableField) throws(NNError) -> String
}

/// Rows that have been read, in which a row may lack columns.
struct ParsedRows {
  /// A value of a row.
  private struct Cell {
    let column: Int
    let start: Int
    let count: Int
  }

  /// The names of the columns.
  private(set) var names: [String] = []
  /// What the file declares about its columns, in their order; empty where it declares nothing.
  var declarations: [ColumnDeclaration] = []
  /// The line of the last row that `next` returned, from 1.
  private(set) var line = 0

  private var bytes: [UInt8] = []
  private var cells: [Cell] = []
  /// For each row the end of its cells.
  private var ends: [Int] = []
  private var lines: [Int] = []
  /// For each column the field of a row that lacks it; empty fields are missing values.
  private var absent: [TableField] = []
  private var row = 0

  /// The number of rows.
  var rowCount: Int { ends.count }

  /// Adds a column; rows that lack it have the text `absent` there, by default a missing value.
  mutating func addColumn(_ name: String, absent text: String = "") {
    names.append(name)
    absent.append(added(text.utf8))
  }

  /// Adds a value to the row that is being added.
  mutating func addValue(_ text: some Sequence<UInt8>, column: Int) {
    let range = added(text).range
    cells.append(Cell(column: column, start: range.lowerBound, count: range.count))
  }

  private mutating func added(_ text: some Sequence<UInt8>) -> TableField {
    let start = bytes.count
    bytes.append(contentsOf: text)
    return TableField(range: start..<bytes.count, isQuoted: false)
  }

  /// Ends the row that is being added.
  mutating func endRow(line: Int) {
    ends.append(cells.count)
    lines.append(line)
  }

  /// Removes all rows; the columns stay.
  mutating func removeRows() {
    let texts = absent.map { Array(bytes[$0.range]) }
    bytes.removeAll(keepingCapacity: true)
    absent = texts.map { added($0) }
    cells.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    row = 0
  }

  /// Reads the next row into `fields`; false after the last one.
  mutating func next(_ fields: inout [TableField]) -> Bool {
    guard row < ends.count else { return false }
    fields.removeAll(keepingCapacity: true)
    fields.append(contentsOf: absent)
    for cell in cells[(row == 0 ? 0 : ends[row - 1])..<ends[row]] {
      fields[cell.column] = TableField(
        range: cell.start..<cell.start + cell.count, isQuoted: false)
    }
    line = lines[row]
    row += 1
    return true
  }

  /// The text of a field; readers of such rows have checked that it is UTF-8.
  func text(_ field: TableField) -> String { String(decoding: bytes[field.range], as: UTF8.self) }
}

/// What a file declares about a column.
struct ColumnDeclaration: Sendable, Hashable {
  /// The type; nil where it is to be found in the values.
  var type: ColumnType?
  /// The categories in order; nil where they are not listed.
  var categories: [String]?
}
