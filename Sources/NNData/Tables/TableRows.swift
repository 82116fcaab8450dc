import NNCore

/// A field of a row: its range in the bytes of the rows.
struct TableField {
  let range: Range<Int>
  let isQuoted: Bool
}

/// The rows of a table, one after another.
protocol TableRows: Sendable {
  /// The line of the last row read, from 1.
  var line: Int { get }
  /// Reads the next row into `fields`; false at the end.
  mutating func next(_ fields: inout [TableField]) throws(NNError) -> Bool
  /// The text of a field.
  func text(_ field: TableField) throws(NNError) -> String
}

/// Rows of a file that has been read as a whole, in which a row may lack columns.
struct ParsedRows: TableRows {
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
  /// What was left out.
  var notes: [DataNote] = []
  /// The line of the last row read, from 1.
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
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    absent.append(TableField(range: start..<bytes.count, isQuoted: false))
  }

  /// Adds a value to the row that is being added.
  mutating func addValue(_ text: some Sequence<UInt8>, column: Int) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    cells.append(Cell(column: column, start: start, count: bytes.count - start))
  }

  /// Ends the row that is being added.
  mutating func endRow(line: Int) {
    ends.append(cells.count)
    lines.append(line)
  }

  mutating func next(_ fields: inout [TableField]) throws(NNError) -> Bool {
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

  func text(_ field: TableField) throws(NNError) -> String {
    // Readers of such files have checked that texts are UTF-8.
    String(decoding: bytes[field.range], as: UTF8.self)
  }
}

/// What a file declares about a column.
struct ColumnDeclaration: Sendable, Hashable {
  /// The type; nil where it is to be found in the values.
  var type: ColumnType?
  /// The categories in order; nil where they are not listed.
  var categories: [String]?
}
