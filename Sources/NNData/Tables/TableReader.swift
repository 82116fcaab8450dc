import NNCore
import NNFormats

/// A file as a table: every row has a field for each of its columns.
struct TableReader {
  /// The names of the columns; empty without a header.
  let header: [String]
  /// The number of columns.
  let width: Int
  /// The format of the fields.
  let format: CSVFormat
  /// The file.
  let path: String
  /// What the file declares about its columns; empty where it declares nothing.
  let declarations: [ColumnDeclaration]
  /// What was left out of the rows so far.
  var notes: [DataNote] { rows.notes }
  /// The line of the current row, from 1.
  var line: Int { rows.line }

  private var rows: any TableRows
  private var fields: [TableField] = []
  private var isAtFirstRow: Bool
  /// Texts for missing values that read as finite numbers.
  private let missingNumbers: Set<String>

  /// Opens a CSV file and reads its first row.
  init(
    path: String, format: CSVFormat = CSVFormat(), header hasHeader: Bool
  ) throws(NNError) {
    try self.init(
      TextBlocks(FileBytes.read(path), at: path), format: format, header: hasHeader)
  }

  /// Creates a table from the text of a CSV file and reads the first row, from whose block the delimiter
  /// is found.
  init(_ blocks: TextBlocks, format: CSVFormat, header hasHeader: Bool) throws(NNError) {
    let path = blocks.path
    let bytes = try blocks.next() ?? []
    var reader = CSVReader(
      bytes, then: blocks, delimiter: Self.delimiter(of: bytes, format, path),
      comment: format.comment?.byte, at: path)
    guard try reader.next(&fields) else { throw .invalid("holds no rows", at: path) }
    self.path = path
    self.format = format
    missingNumbers = (format.missing ?? []).filter { format.number($0)?.isFinite ?? false }
    width = fields.count
    isAtFirstRow = !hasHeader
    var names: [String] = []
    if hasHeader { for field in fields { names.append(try reader.text(field)) } }
    header = names
    declarations = []
    rows = reader
  }

  /// Creates a table from lines whose columns are known.
  init(_ lines: LineRows<some LineFormat>) throws(NNError) {
    let (path, names, rowCount) = (lines.path, lines.names, lines.rowCount)
    guard rowCount > 0 else { throw .invalid("holds no rows", at: path) }
    if lines.isWhole {
      try MemoryLimit.check(
        [rowCount, names.count, 8].saturatingProduct, "\(rowCount) rows of \(names.count) columns",
        at: path)
    }
    self.path = path
    format = .parsed
    missingNumbers = []
    width = names.count
    header = names
    declarations = lines.declarations
    isAtFirstRow = false
    rows = lines
  }

  /// The delimiter: the one that is given, else a comma (in `.tsv` files a tab) if it splits the
  /// first row, else the only delimiter that does.
  private static func delimiter(
    of bytes: [UInt8], _ format: CSVFormat, _ path: String
  ) -> UInt8 {
    if let named = format.delimiter { return named.byte }
    let isTabbed = path.hasSuffix(".tsv") || path.hasSuffix(".tsv.gz")
    let usual: CSVFormat.Delimiter = isTabbed ? .tab : .comma
    func splits(_ delimiter: CSVFormat.Delimiter) -> Bool {
      var reader = CSVReader(
        bytes, delimiter: delimiter.byte, comment: format.comment?.byte, at: path)
      var fields: [TableField] = []
      return (try? reader.next(&fields)) == true && fields.count > 1
    }
    if splits(usual) { return usual.byte }
    let others = CSVFormat.Delimiter.detected.filter { $0 != usual && splits($0) }
    return (others.count == 1 ? others[0] : usual).byte
  }

  /// What is read of plain rows; nil where the rows are not those of a CSV file.
  ///
  /// - Parameters:
  ///   - numbers: The columns with numbers.
  ///   - texts: The columns with texts.
  func plainColumns(numbers: [Int], texts: [Int]) -> PlainColumns? {
    guard rows is CSVReader else { return nil }
    let format = format
    let hasMissingNumbers = !missingNumbers.isEmpty
    return PlainColumns(
      width: width, numbers: numbers, texts: texts, point: format.point,
      missing: Set(missingNumbers.compactMap(format.number)),
      isMissing: { text in
        // Most texts are numbers, which are recognized faster than members of a set.
        (hasMissingNumbers || DecimalNumber.value(text, point: format.point) == nil)
          && format.isMissing(text)
      })
  }

  /// Reads some of the next rows as long as they are plain; `nextRow` reads the others.
  ///
  /// - Returns: Whether more plain rows may follow.
  mutating func readPlainRows(_ columns: PlainColumns?, into block: inout PlainRows) -> Bool {
    guard let columns, !isAtFirstRow, var reader = rows as? CSVReader else { return false }
    defer { rows = reader }
    return reader.readPlainRows(columns, into: &block)
  }

  /// Advances to the next row; false at the end.
  mutating func nextRow() throws(NNError) -> Bool {
    if isAtFirstRow {
      isAtFirstRow = false
      return true
    }
    guard try rows.next(&fields) else { return false }
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

  /// The name of a column in the header; without a header its number.
  func key(of column: Int) -> String { header.isEmpty ? "\(column)" : header[column] }

  /// Finds columns by name or number.
  func columns(_ references: [ColumnReference]) throws(NNError) -> [Int] {
    let positions = Dictionary(grouping: header.indices) { header[$0] }
    var columns: [Int] = []
    var known: Set<Int> = []
    for reference in references {
      let column = try self.column(reference, positions)
      guard known.insert(column).inserted else {
        throw .invalid("\(name(of: column)) is named twice", at: path)
      }
      columns.append(column)
    }
    return columns
  }

  /// Finds the columns of the training data by their names.
  ///
  /// - Throws: `NNError` that lists the missing names and the existing ones.
  func columns(asInTraining names: [String]) throws(NNError) -> [Int] {
    let present = Set(header)
    let missing = names.filter { !present.contains($0) }
    guard missing.isEmpty else {
      let list = missing.map { "\"\($0)\"" }.joined(separator: ", ")
      let areNumbers = header.allSatisfy { format.number($0) != nil }
      throw .invalid(
        "there is no column \(list), which the training data have; the columns are: "
          + header.joined(separator: ", "), at: path,
        hint: areNumbers
          ? "the first row must hold the names of the columns, as in the training data"
          : "rename the columns as in the training data; their order does not matter")
    }
    return try columns(names.map(ColumnReference.name))
  }

  private func column(
    _ reference: ColumnReference, _ positions: [String: [Int]]
  ) throws(NNError) -> Int {
    switch reference {
    case .index(let index):
      let column = index < 0 ? index + width : index
      guard (0..<width).contains(column) else {
        throw .invalid("there is no column \(index); the table has \(width)", at: path)
      }
      return column
    case .name(let name):
      let matches = positions[name] ?? []
      guard matches.count <= 1 else {
        throw .invalid(
          "\(matches.count) columns are called \"\(name)\"", at: path,
          hint: "use the column's number instead, from 0")
      }
      guard let column = matches.first else {
        throw .invalid(
          "there is no column \"\(name)\"", at: path,
          hint: header.isEmpty
            ? "without a header, columns are named by number, from 0"
            : (Suggestion.nearest(to: name, in: header).map { "did you mean \"\($0)\"? " } ?? "")
              + "the columns are: \(header.joined(separator: ", "))")
      }
      return column
    }
  }

  /// The unchecked text of a column in the current row.
  func text(_ column: Int) throws(NNError) -> String { try rows.text(fields[column]) }

  /// The text of a column in the current row; an error when it marks a missing value.
  func value(_ column: Int) throws(NNError) -> String {
    let text = try text(column)
    guard !format.isMissing(text) else { throw missingValue(in: column, text) }
    return text
  }

  /// The number of a column in the current row.
  ///
  /// - Parameter advice: The hint for a text for which there is no hint by its form.
  func number(_ column: Int, advice: String? = nil) throws(NNError) -> Double {
    let text = try text(column)
    if let number = finiteNumber(text) { return number }
    guard !format.isMissing(text) else { throw missingValue(in: column, text) }
    return try TableReader.number(
      text, name(of: column), at: "\(path):\(line)", format: format, advice: advice)
  }

  /// A finite number from a text; `column` names it in errors.
  static func number(
    _ text: String, _ column: String, at place: String, format: CSVFormat = CSVFormat(),
    advice: String? = nil
  ) throws(NNError) -> Double {
    guard let number = format.number(text) else {
      throw .invalid(
        "\(column): expected a number, found \"\(text)\"", at: place,
        hint: format.hint(for: text) ?? advice)
    }
    guard number.isFinite else {
      throw .invalid("\(column): expected a finite number, found \"\(text)\"", at: place)
    }
    return number
  }

  /// The number of a column in the current row; nil for missing values and for what is no finite
  /// number.
  func numberIfAny(_ column: Int) throws(NNError) -> Double? {
    finiteNumber(try text(column))
  }

  /// The number that a text holds; nil for missing values and for what is no finite number.
  func finiteNumber(_ text: String) -> Double? {
    guard let number = format.number(text), number.isFinite, !missingNumbers.contains(text) else {
      return nil
    }
    return number
  }

  /// The text of a column in the current row; empty where it marks a missing value.
  func textIfAny(_ column: Int) throws(NNError) -> String {
    let text = try text(column)
    return format.isMissing(text) ? "" : text
  }

  /// The error for a missing value in the current row.
  func missingValue(in column: Int, _ text: String) -> NNError {
    .invalid(
      "\(name(of: column)): the value is missing" + (text.isEmpty ? "" : " (\"\(text)\")"),
      at: "\(path):\(line)", hint: "remove the row or fill in a value")
  }
}
