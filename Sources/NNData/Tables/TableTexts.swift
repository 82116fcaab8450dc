/// Texts of a table's fields, many of which are equal or numbers, in eight bytes each (`TableCell`).
///
/// The different texts are kept once. After very many of them, those that are finite numbers are kept
/// as numbers alone, if the number says how it was written or that does not matter.
struct TableTexts: Sendable {
  /// The cells, one for each field.
  private(set) var cells: [Double] = []
  /// The different texts, in the order of their first appearance.
  private(set) var texts: [String] = []
  private var lookup: [String: Int32] = [:]
  private let areNumbers: Bool

  /// More different texts than classes usually have.
  private static let largestTextCount = 1 << 16

  /// - Parameter areNumbers: Whether fields that hold equal numbers are equal, such as `7` and `007`.
  init(areNumbers: Bool = false) { self.areNumbers = areNumbers }

  init(_ texts: some Sequence<String>, format: CSVFormat) {
    self.init()
    for text in texts { append(text, format: format) }
  }

  /// Creates texts from their parts; nil unless each cell is a number or one of the texts.
  init?(cells: [Double], texts: [String]) {
    for cell in cells where !cell.isFinite {
      guard let index = TableCell.textIndex(of: cell), index < texts.count else { return nil }
    }
    self.init()
    self.cells = cells
    self.texts = texts
  }

  /// The number of fields.
  var count: Int { cells.count }

  mutating func append(_ text: String, format: CSVFormat) {
    if let known = lookup[text] {
      cells.append(TableCell.text(known))
    } else if texts.count >= Self.largestTextCount, let number = format.number(text),
      number.isFinite, areNumbers || CSVFormat.text(number) == text
    {
      cells.append(number)
    } else {
      let index = Int32(clamping: texts.count)
      lookup[text] = index
      texts.append(text)
      cells.append(TableCell.text(index))
    }
  }

  /// The text of a field.
  subscript(index: Int) -> String {
    TableCell.textIndex(of: cells[index]).map { texts[$0] } ?? CSVFormat.text(cells[index])
  }

  /// A value for each field, which depends on its text alone: computed once for each different text.
  func map<Value>(_ text: (String) -> Value, number: (Double) -> Value) -> [Value] {
    let values = texts.map(text)
    return cells.map { cell in
      TableCell.textIndex(of: cell).map { values[$0] } ?? number(cell)
    }
  }

  /// The different values of all fields.
  func different<Value: Hashable>(
    _ text: (String) -> Value, number: (Double) -> Value
  ) -> Set<Value> {
    var values = Set(texts.map(text))
    for cell in cells where cell.isFinite { values.insert(number(cell)) }
    return values
  }
}

/// The lines of a table's rows, ascending; rows on successive lines take no memory.
struct LineNumbers: Sendable {
  /// The first row of each run of rows on successive lines.
  private(set) var firstRows: [Int] = []
  /// The line of that row.
  private(set) var firstLines: [Int] = []
  /// The number of rows.
  private(set) var count = 0

  init() {}

  init(_ lines: some Sequence<Int>) {
    for line in lines { append(line) }
  }

  /// Creates lines from their parts; nil unless the runs are ascending.
  init?(firstRows: [Int], firstLines: [Int], count: Int) {
    guard firstRows.count == firstLines.count, firstRows.first ?? 0 == 0,
      zip(firstRows, firstRows.dropFirst()).allSatisfy(<), firstRows.last ?? -1 < count,
      count == 0 || !firstRows.isEmpty
    else { return nil }
    (self.firstRows, self.firstLines, self.count) = (firstRows, firstLines, count)
  }

  var isEmpty: Bool { count == 0 }

  mutating func append(_ line: Int) {
    if firstRows.isEmpty || line != self[count - 1] + 1 {
      firstRows.append(count)
      firstLines.append(line)
    }
    count += 1
  }

  /// The line of a row.
  subscript(row: Int) -> Int {
    var (low, high) = (0, firstRows.count - 1)
    // Most rows are in the last run while lines are added.
    if firstRows[high] <= row { low = high }
    while low < high {
      let middle = (low + high + 1) / 2
      if firstRows[middle] <= row { low = middle } else { high = middle - 1 }
    }
    return firstLines[low] + row - firstRows[low]
  }
}
