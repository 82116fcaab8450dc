import NNCore
import NNFormats

/// A CSV file as a table: every row has a value in each of its columns.
struct CSVTable {
  /// The names of the columns; empty without a header.
  let header: [String]
  /// The number of columns.
  let width: Int
  /// The line of the present row, from 1.
  var line: Int { reader.line }

  private let path: String
  private var reader: CSVReader
  private var fields: [CSVReader.Field] = []
  private var isAtFirstRow: Bool

  /// Opens a file and reads its first row.
  init(path: String, header hasHeader: Bool) throws(NNError) {
    try self.init(bytes: FileBytes.read(path), path: path, header: hasHeader)
  }

  /// Takes the contents of a file and reads their first row.
  init(bytes: [UInt8], path: String, header hasHeader: Bool) throws(NNError) {
    self.path = path
    let delimiter = path.hasSuffix(".tsv") ? UInt8(ascii: "\t") : UInt8(ascii: ",")
    reader = CSVReader(bytes, delimiter: delimiter, at: path)
    guard try reader.next(&fields) else { throw .invalid("holds no rows", at: path) }
    width = fields.count
    isAtFirstRow = !hasHeader
    let reader = reader
    header = hasHeader ? fields.map { reader.text($0) } : []
  }

  /// Goes to the next row; false at the end.
  mutating func nextRow() throws(NNError) -> Bool {
    if isAtFirstRow {
      isAtFirstRow = false
      return true
    }
    guard try reader.next(&fields) else { return false }
    guard fields.count == width else {
      throw .invalid(
        "expected \(width) fields as in the first row, found \(fields.count)",
        at: "\(path):\(line)")
    }
    return true
  }

  /// The name of a column in messages.
  func name(of column: Int) -> String {
    header.isEmpty ? "column \(column)" : "column \"\(header[column])\""
  }

  /// Finds columns by name or number.
  func columns(_ references: [ColumnReference]) throws(NNError) -> [Int] {
    var columns: [Int] = []
    for reference in references {
      let column = try self.column(reference)
      guard !columns.contains(column) else {
        throw .invalid("\(name(of: column)) is named twice", at: path)
      }
      columns.append(column)
    }
    return columns
  }

  private func column(_ reference: ColumnReference) throws(NNError) -> Int {
    switch reference {
    case .index(let index):
      let column = index < 0 ? index + width : index
      guard (0..<width).contains(column) else {
        throw .invalid("there is no column \(index); the table has \(width)", at: path)
      }
      return column
    case .name(let name):
      let matches = header.indices.filter { header[$0] == name }
      guard matches.count <= 1 else {
        throw .invalid(
          "\(matches.count) columns are called \"\(name)\"", at: path,
          hint: "name the column by its number, from 0")
      }
      guard let column = matches.first else {
        throw .invalid(
          "there is no column \"\(name)\"", at: path,
          hint: header.isEmpty
            ? "without a header, columns go by their number from 0"
            : "the columns are: \(header.joined(separator: ", "))")
      }
      return column
    }
  }

  /// The text of a column in the present row.
  func value(_ column: Int) throws(NNError) -> String {
    let text = reader.text(fields[column])
    guard !CSVTable.missing.contains(text) else { throw missingValue(in: column, text) }
    return text
  }

  /// The number of a column in the present row.
  func number(_ column: Int) throws(NNError) -> Double {
    let text = reader.text(fields[column])
    if let number = Double(text), number.isFinite { return number }
    guard !CSVTable.missing.contains(text) else { throw missingValue(in: column, text) }
    return try CSVTable.number(text, name(of: column), at: "\(path):\(line)")
  }

  /// A finite number from a text; `column` names where it stands.
  static func number(_ text: String, _ column: String, at place: String) throws(NNError) -> Double {
    guard let number = Double(text) else {
      throw .invalid("\(column): expected a number, found \"\(text)\"", at: place)
    }
    guard number.isFinite else {
      throw .invalid("\(column): expected a finite number, found \"\(text)\"", at: place)
    }
    return number
  }

  private static let missing: Set<String> = [
    "", "?", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None",
  ]

  private func missingValue(in column: Int, _ text: String) -> NNError {
    .invalid(
      "\(name(of: column)): the value is missing" + (text.isEmpty ? "" : " (\"\(text)\")"),
      at: "\(path):\(line)", hint: "remove the row or fill in a value")
  }
}
