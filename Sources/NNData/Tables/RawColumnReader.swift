import NNCore

/// Reads the fields of one input column and finds its type.
struct RawColumnReader {
  /// An error in a column, which counts only if no row before it has one.
  struct Problem {
    let row: Int
    let error: NNError
  }

  private let name: String
  private let label: String
  private let index: Int
  private let options: ColumnOptions
  private let listed: [String]?
  /// The type that is given or declared; nil where it is to be found.
  private let type: ColumnType?
  /// The different texts, for other columns than those of categories at most `largestCategoryCount`.
  private var texts: [String] = []
  private var lookup: [String: Int32] = [:]
  private var missingCount = 0
  private var numberCount = 0
  private var textCount = 0
  private var areIntegers = true
  /// Whether there are more different texts than categories may have.
  private var hasManyTexts = false
  /// Whether all texts after so many are dates.
  private var areDates = true
  /// The first missing value.
  private var firstMissing: Problem?
  /// The first text that is no number.
  private var firstText: Problem?
  /// The first value that a given type does not have.
  private var firstMismatch: Problem?

  /// - Parameters:
  ///   - name: The column's name in the header, else its number.
  ///   - label: The column in messages.
  ///   - index: Its position in the table.
  ///   - declaration: What the file declares.
  init(
    name: String, label: String, index: Int, options: ColumnOptions,
    declaration: ColumnDeclaration?
  ) {
    self.name = name
    self.label = label
    self.index = index
    self.options = options
    type = options.type ?? declaration?.type
    listed = type == .category ? declaration?.categories : nil
  }

  private var mayBeNumbers: Bool { type == nil || type == .number || type == .integer }
  private var mayBeTexts: Bool { !(type == .number || type == .integer) }
  /// Whether texts are categories, whatever they are and however many.
  private var textsAreCategories: Bool {
    type == .category || type == nil && options.encode != nil
  }

  /// Whether its values so far, and what may follow, are read as plain rows are.
  var isPlain: Bool { (type == nil || type == .number) && firstText == nil }

  /// Adds numbers of plain rows.
  ///
  /// - Parameters:
  ///   - rows: The numbers [rows, width].
  ///   - position: The column's position in a row.
  mutating func add(plain rows: [Double], at position: Int, width: Int) {
    numberCount += rows.count / width
    guard areIntegers else { return }
    areIntegers = stride(from: position, to: rows.count, by: width).allSatisfy {
      rows[$0] == rows[$0].rounded()
    }
  }

  /// Adds the field of the table's current row, and returns its cell.
  mutating func add(_ table: TableReader, row: Int) throws(NNError) -> Double {
    let text = try table.text(index)
    if mayBeNumbers, let number = table.finiteNumber(text) {
      numberCount += 1
      let isInteger = number == number.rounded()
      areIntegers = areIntegers && isInteger
      if type == .integer, !isInteger { mismatch("an integer", "\(number)", table, row) }
      return number
    }
    guard !table.format.isMissing(text) else {
      missingCount += 1
      if firstMissing == nil, options.missing == .error {
        firstMissing = Problem(row: row, error: table.missingValue(in: index, text))
      }
      return TableCell.missing
    }
    if mayBeNumbers, firstText == nil { firstText = problem(text, table, row) }
    // Numbers before this text make the column an error, whatever other texts there are.
    guard mayBeTexts, numberCount == 0 else { return TableCell.missing }
    return cell(of: text, table, row)
  }

  private mutating func cell(of text: String, _ table: TableReader, _ row: Int) -> Double {
    textCount += 1
    if let known = lookup[text] { return TableCell.text(known) }
    let value = value(of: text)
    switch type {
    case .date where value == nil: mismatch("a date, such as 2024-03-31", text, table, row)
    case .boolean where value == nil: mismatch("true or false", text, table, row)
    case .text where firstMismatch == nil:
      firstMismatch = Problem(
        row: row,
        error: .invalid(
          "\(label): texts cannot be inputs of a table's network",
          at: "\(table.path):\(table.line)",
          hint: "leave the column out of `features`, or set its `type` to category"))
    default: break
    }
    guard textsAreCategories || texts.count < Self.largestCategoryCount else {
      hasManyTexts = true
      areDates = areDates && value != nil
      return value ?? TableCell.missing
    }
    let code = Int32(clamping: texts.count)
    lookup[text] = code
    texts.append(text)
    return TableCell.text(code)
  }

  /// The number that a text of a given type stands for; without a type that of a date.
  private func value(of text: String) -> Double? {
    switch type {
    case .boolean: Self.boolean(text)
    case .date: date(text)
    // Few texts are looked at when their type is found.
    case nil where texts.count == Self.largestCategoryCount: date(text)
    default: nil
    }
  }

  private func problem(_ text: String, _ table: TableReader, _ row: Int) -> Problem? {
    do throws(NNError) {
      _ = try TableReader.number(
        text, table.name(of: index), at: "\(table.path):\(table.line)", format: table.format,
        advice: type == nil ? advice : nil)
      return nil
    } catch { return Problem(row: row, error: error) }
  }

  /// The hint for a text in a column whose type is to be found.
  private var advice: String {
    "if the column holds categories, set `columns: {\(name): {type: category}}`; "
      + "to leave it out, list the others in `features: […]`"
  }

  private mutating func mismatch(
    _ expected: String, _ found: String, _ table: TableReader, _ row: Int
  ) {
    guard firstMismatch == nil else { return }
    firstMismatch = Problem(
      row: row,
      error: .invalid(
        "\(label): expected \(expected), found \"\(found.shortened())\"",
        at: "\(table.path):\(table.line)",
        hint: type == .date ? "for dates such as 31/3/2024 set `order` to dmy or mdy" : nil))
  }

  /// The column, or its first error.
  func finish() -> (column: RawColumn?, problem: Problem?) {
    let found = foundType
    let holdsTexts = found == .category || found == .boolean || found == .date
    let problems = [firstMissing, holdsTexts ? nil : firstText, firstMismatch].compactMap(\.self)
    if let first = problems.min(by: { $0.row < $1.row }) { return (nil, first) }
    let numbers: [Double] =
      switch found {
      case .boolean: texts.compactMap(Self.boolean)
      case .date: texts.compactMap(date)
      case .number, .integer, .category, .text: []
      }
    return (
      RawColumn(
        name: name, index: index, type: found, texts: found == .category ? texts : [],
        textNumbers: numbers, listed: listed, missingCount: missingCount), nil
    )
  }

  /// The given type, or the one that all values have.
  private var foundType: ColumnType {
    if let type { return type }
    if numberCount > 0 || texts.isEmpty { return areIntegers ? .integer : .number }
    if textsAreCategories { return .category }
    if !hasManyTexts, texts.allSatisfy({ Self.plainBooleans.contains($0.lowercased()) }) {
      return .boolean
    }
    if areDates, texts.allSatisfy({ date($0) != nil }) { return .date }
    // Texts that hardly repeat, such as names, are no categories.
    return !hasManyTexts && texts.count <= textCount / 2 ? .category : .text
  }

  /// More different texts are categories only if `type` or `encode` says so.
  static let largestCategoryCount = 1000

  private func date(_ text: String) -> Double? { TableDate(text, order: options.order)?.seconds }

  private static let plainBooleans: Set<String> = ["true", "false", "yes", "no"]

  private static func boolean(_ text: String) -> Double? {
    switch text.lowercased() {
    case "true", "yes", "t", "y", "on", "1": 1
    case "false", "no", "f", "n", "off", "0": 0
    default: nil
    }
  }
}

extension [RawColumnReader] {
  /// The columns as read.
  ///
  /// - Throws: The first error, row by row.
  func columns() throws(NNError) -> [RawColumn] {
    var columns: [RawColumn] = []
    var first: RawColumnReader.Problem?
    for reader in self {
      let (column, problem) = reader.finish()
      if let column { columns.append(column) }
      if let problem, problem.row < first?.row ?? .max { first = problem }
    }
    if let first { throw first.error }
    return columns
  }
}
