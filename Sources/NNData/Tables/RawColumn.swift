import NNCore

/// An input column of a table as read, before it is encoded.
struct RawColumn: Sendable {
  /// Its name in the header; without a header its number.
  let name: String
  /// Its position in the table, from 0.
  let index: Int
  /// What its values are.
  let type: ColumnType
  /// The numbers, NaN where missing; dates in seconds. Empty for categories.
  let numbers: [Double]
  /// The indices of the categories in `texts`, −1 where missing; empty for numbers.
  let codes: [Int32]
  /// The different texts, in the order of their first appearance.
  let texts: [String]
  /// The categories that the file lists, in order.
  let listed: [String]?
  /// The number of missing values.
  let missingCount: Int
}

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
  private var numbers: [Double] = []
  private var codes: [Int32] = []
  private var texts: [String] = []
  private var lookup: [String: Int32] = [:]
  private var missingCount = 0
  private var numberCount = 0
  private var areIntegers = true
  /// The first missing value.
  private var firstMissing: Problem?
  /// The first text that is no number.
  private var firstText: Problem?

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

  /// Adds the field of the table's current row.
  mutating func add(_ table: TableReader, row: Int) throws(NNError) {
    let text = try table.text(index)
    guard !table.format.isMissing(text) else {
      missingCount += 1
      if firstMissing == nil, options.missing == .error {
        firstMissing = Problem(row: row, error: table.missingValue(in: index, text))
      }
      numbers.append(.nan)
      codes.append(-1)
      return
    }
    if mayBeNumbers {
      if let number = table.format.number(text), number.isFinite {
        numberCount += 1
        areIntegers = areIntegers && number == number.rounded()
        numbers.append(number)
        codes.append(-1)
        return
      }
      if firstText == nil { firstText = problem(text, table, row) }
      numbers.append(.nan)
    }
    if mayBeTexts {
      // Numbers before this text make the column an error, whatever other texts there are.
      codes.append(numberCount > 0 ? -1 : code(of: text))
    }
  }

  private mutating func code(of text: String) -> Int32 {
    if let known = lookup[text] { return known }
    let code = Int32(clamping: texts.count)
    lookup[text] = code
    texts.append(text)
    return code
  }

  private func problem(_ text: String, _ table: TableReader, _ row: Int) -> Problem? {
    do throws(NNError) {
      _ = try TableReader.number(
        text, table.name(of: index), at: "\(table.path):\(table.line)", format: table.format,
        advice: TableSource.advice)
      return nil
    } catch { return Problem(row: row, error: error) }
  }

  /// The column, or its first error.
  ///
  /// - Parameter place: The file and line of a row.
  func finish(_ place: (Int) -> String) -> (column: RawColumn?, problem: Problem?) {
    let found = foundType
    var problems = [firstMissing].compactMap(\.self)
    var numbers = numbers
    switch found {
    case .number, .integer:
      if let firstText { problems.append(firstText) }
      if type == .integer, let row = numbers.firstIndex(where: { $0 != $0.rounded() && !$0.isNaN })
      {
        problems.append(mismatch(row, "an integer", "\(numbers[row])", place))
      }
    case .category: break
    case .text:
      if let firstText {
        problems.append(firstText)
      } else if let row = codes.firstIndex(where: { $0 >= 0 }) {
        problems.append(
          Problem(
            row: row,
            error: .invalid(
              "\(label): texts cannot be inputs of a table's network", at: place(row),
              hint: "leave the column out of `features`, or set its `type` to category")))
      }
    case .boolean, .date:
      let values = texts.map { found == .date ? date($0) : Self.boolean($0) }
      if let wrong = values.firstIndex(of: nil),
        let row = codes.firstIndex(of: Int32(clamping: wrong))
      {
        let expected = found == .date ? "a date, such as 2024-03-31" : "true or false"
        problems.append(mismatch(row, expected, texts[wrong], place))
      }
      numbers = codes.map { $0 < 0 ? .nan : values[Int($0)] ?? .nan }
    }
    let isCategory = found == .category
    if let first = problems.min(by: { $0.row < $1.row }) { return (nil, first) }
    return (
      RawColumn(
        name: name, index: index, type: found, numbers: isCategory ? [] : numbers,
        codes: isCategory ? codes : [], texts: isCategory ? texts : [], listed: listed,
        missingCount: missingCount), nil
    )
  }

  private func mismatch(
    _ row: Int, _ expected: String, _ found: String, _ place: (Int) -> String
  ) -> Problem {
    Problem(
      row: row,
      error: .invalid(
        "\(label): expected \(expected), found \"\(found.shortened())\"", at: place(row),
        hint: expected.hasPrefix("a date")
          ? "for dates such as 31/3/2024 set `order` to dmy or mdy" : nil))
  }

  /// The given type, or the one that all values have.
  private var foundType: ColumnType {
    if let type { return type }
    if numberCount > 0 || texts.isEmpty { return areIntegers ? .integer : .number }
    if texts.allSatisfy({ Self.plainBooleans.contains($0.lowercased()) }) { return .boolean }
    if texts.allSatisfy({ date($0) != nil }) { return .date }
    let count = codes.count - missingCount
    // Texts that hardly repeat, such as names, are no categories.
    return texts.count <= min(count / 2, Self.largestCategoryCount) ? .category : .text
  }

  /// More different texts are categories only if the type is given.
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
