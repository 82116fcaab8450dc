package import NNCore
import NNFormats

/// What a table holds, column by column: what a config can be made of.
package struct TableSurvey: Sendable {
  /// What a column holds.
  package struct Column: Sendable {
    /// The name in the header; without a header the number.
    package let name: String
    /// The position from 0.
    package let index: Int
    /// What its values are; nil where none has a value.
    package fileprivate(set) var type: ColumnType?
    /// The rows without a value.
    package fileprivate(set) var missingCount = 0
    /// The rows with a number, and with another text.
    package fileprivate(set) var numberCount = 0
    package fileprivate(set) var textCount = 0
    /// The different values, at most `TableSurvey.largestCount`; as written.
    package fileprivate(set) var values: [String: Int] = [:]
    /// Whether each number is the one before it plus one.
    package fileprivate(set) var isCounting = true
    /// The range and mean of the numbers.
    package fileprivate(set) var smallest = Double.infinity
    package fileprivate(set) var largest = -Double.infinity
    package fileprivate(set) var mean = 0.0
    /// The order of day and month in dates that need one, where it is found.
    package fileprivate(set) var order: DateOrder?
    fileprivate var areIntegers = true
    fileprivate var last: Double?

    /// The rows with a value.
    package var count: Int { numberCount + textCount }
    /// Whether every row with a value has another one.
    package var isUnique: Bool {
      count > 1 && values.count == min(count, TableSurvey.largestCount)
        && values.values.allSatisfy { $0 == 1 }
    }
    /// The categories that the file lists, if it does.
    package fileprivate(set) var listed: [String]?
    /// Whether its name is that of another column before it, or empty.
    package fileprivate(set) var hasOwnName = true
    /// How a config refers to it.
    package var reference: ColumnReference {
      hasOwnName && !name.isEmpty ? .name(name) : .index(index)
    }
  }

  /// The source with the format that was found.
  package let source: TableSource
  /// The columns in order.
  package let columns: [Column]
  /// The number of rows.
  package let rowCount: Int

  /// More different values of a column are not counted.
  package static let largestCount = 50_000

  /// Reads a table.
  ///
  /// A CSV file whose first row holds nothing but numbers has no header, and one whose numbers have
  /// commas for points a decimal comma.
  ///
  /// - Throws: `NNError` for a file that is no table or holds no rows, and for rows of another length.
  package init(path: String) throws(NNError) {
    guard let kind = TableKind.of(path: path) else {
      throw .invalid(
        "expected a table: a file that ends in "
          + TableKind.allCases.flatMap(\.extensions).joined(separator: ", "), at: path)
    }
    let bytes: [UInt8]
    do throws(NNError) {
      bytes = try FileBytes.read(path)
    } catch {
      throw error.suggestingInstallation()
    }
    var source = TableSource(file: path, kind: kind)
    var table = try source.open(bytes, path: path, header: true, known: nil)
    if kind == .csv, !table.header.isEmpty,
      table.header.allSatisfy({ table.format.number($0) != nil })
    {
      source.header = false
      table = try source.open(bytes, path: path, header: false, known: nil)
    }
    var (columns, rowCount) = try Self.columns(of: table)
    if kind == .csv, columns.contains(where: \.looksLikeDecimalComma) {
      source.format.hasDecimalComma = true
      table = try source.open(bytes, path: path, header: source.header, known: nil)
      (columns, rowCount) = try Self.columns(of: table)
    }
    guard rowCount > 0 else { throw .invalid("holds no examples", at: path) }
    self.source = source
    self.columns = columns
    self.rowCount = rowCount
  }

  private static func columns(
    of table: TableReader
  ) throws(NNError) -> (columns: [Column], rowCount: Int) {
    var table = table
    var names: Set<String> = []
    var columns = (0..<table.width).map { index in
      var column = Column(name: table.key(of: index), index: index)
      column.hasOwnName = !table.header.isEmpty && names.insert(column.name).inserted
      return column
    }
    var rowCount = 0
    while try table.nextRow() {
      for index in columns.indices {
        let text = try table.textIfAny(index)
        columns[index].add(text, number: text.isEmpty ? nil : table.format.number(text))
      }
      rowCount += 1
    }
    for index in columns.indices {
      columns[index].findType(
        table.declarations.isEmpty ? nil : table.declarations[index], format: table.format)
    }
    return (columns, rowCount)
  }
}

extension TableSurvey.Column {
  fileprivate mutating func add(_ text: String, number: Double?) {
    guard !text.isEmpty else {
      missingCount += 1
      return
    }
    if let known = values[text] {
      values[text] = known + 1
    } else if values.count < TableSurvey.largestCount {
      values[text] = 1
    }
    guard let number, number.isFinite else {
      textCount += 1
      isCounting = false
      return
    }
    numberCount += 1
    areIntegers = areIntegers && number == number.rounded()
    isCounting = isCounting && (last == nil || last.map { number == $0 + 1 } == true)
    last = number
    smallest = min(smallest, number)
    largest = max(largest, number)
    mean += (number - mean) / Double(numberCount)
  }

  fileprivate mutating func findType(_ declaration: ColumnDeclaration?, format: CSVFormat) {
    guard count > 0 else { return }
    listed = declaration?.categories
    if let declared = declaration?.type {
      type = declared
      return
    }
    if textCount == 0 {
      type = areIntegers ? .integer : .number
      return
    }
    if numberCount == 0 {
      let words = values.keys
      if words.allSatisfy({ ["true", "false", "yes", "no"].contains($0.lowercased()) }) {
        type = .boolean
        return
      }
      for order in [nil, DateOrder.dayFirst, .monthFirst]
      where words.allSatisfy({ TableDate($0, order: order) != nil }) {
        type = .date
        self.order = order
        return
      }
    }
    type = values.count <= min(count / 2, RawColumnReader.largestCategoryCount) ? .category : .text
  }

  /// Whether every text is a number with a comma for the point.
  fileprivate var looksLikeDecimalComma: Bool {
    let commas = CSVFormat(hasDecimalComma: true)
    return textCount > 0 && values.keys.contains { $0.contains(",") }
      && values.keys.allSatisfy { commas.number($0) != nil }
  }
}
