import NNCore

/// What is read of the columns of plain rows.
struct PlainColumns {
  /// What is read of one column.
  enum Role {
    /// Nothing.
    case ignored
    /// A number, with its index in the row of numbers.
    case number(Int)
    /// A text, with its index in the row of texts.
    case text(Int)
  }

  /// The role of each column of the file.
  let roles: [Role]
  /// The decimal separator.
  let point: UInt8
  /// Numbers that mark missing values.
  let missing: Set<Double>
  /// Whether a text marks a missing value.
  let isMissing: (String) -> Bool
  /// The length of a row of numbers.
  let numberCount: Int
  /// The length of a row of texts.
  let textCount: Int

  init(
    width: Int, numbers: [Int], texts: [Int], point: UInt8, missing: Set<Double>,
    isMissing: @escaping (String) -> Bool
  ) {
    var roles = [Role](repeating: .ignored, count: width)
    for (slot, column) in texts.enumerated() { roles[column] = .text(slot) }
    for (slot, column) in numbers.enumerated() { roles[column] = .number(slot) }
    self.roles = roles
    self.point = point
    self.missing = missing
    self.isMissing = isMissing
    (numberCount, textCount) = (numbers.count, texts.count)
  }
}

/// Rows of plain fields, one after another.
struct PlainRows {
  /// The numbers [rows, numbers].
  var numbers: [Double] = []
  /// The texts [rows, texts].
  var texts: [String] = []
  /// The line of each row.
  var lines: [Int] = []

  /// Allocates memory for rows like those so far, which growing would copy.
  fileprivate mutating func reserve(rows count: Int) {
    guard !lines.isEmpty else { return }
    numbers.reserveCapacity(numbers.count / lines.count * count)
    texts.reserveCapacity(texts.count / lines.count * count)
    lines.reserveCapacity(count)
  }
}

extension CSVReader {
  /// Reads some of the next rows as long as they are plain, which most files are from first to last: no
  /// quotes, every number finite and none missing. It stops before the first other row, which
  /// `next(_:)` reads; that is also a row that may go on in the next block.
  ///
  /// This makes no text of a number, which takes most of the time otherwise.
  ///
  /// - Returns: Whether more plain rows may follow, since it has read as much as it reads at once.
  mutating func readPlainRows(_ columns: PlainColumns, into rows: inout PlainRows) -> Bool {
    let start = position
    var (position, line) = (position, nextLine)
    var numbers = [Double](repeating: 0, count: columns.numberCount)
    var texts = [String](repeating: "", count: columns.textCount)
    var left = 1 + (TableSource.blockCellCount - 1) / max(1, columns.numberCount)
    bytes.withUnsafeBufferPointer { bytes in
      while left > 0, let end = plainRow(bytes, from: position, columns, &numbers, &texts) {
        rows.numbers.append(contentsOf: numbers)
        rows.texts.append(contentsOf: texts)
        rows.lines.append(line)
        line += 1
        position = end
        left -= 1
        if rows.lines.count == Self.sampleCount {
          let count = (bytes.count - start) / max(1, (position - start) / Self.sampleCount)
          rows.reserve(rows: min(count, Self.sampleCount + left))
        }
      }
    }
    self.position = position
    nextLine = line
    if let last = rows.lines.last { self.line = last }
    return left == 0
  }

  /// The number of rows from which the number of all is estimated.
  private static var sampleCount: Int { 256 }

  /// Reads one row; returns the start of the next one, or nil for a row that is not plain.
  @inline(__always)
  private func plainRow(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ columns: PlainColumns,
    _ numbers: inout [Double], _ texts: inout [String]
  ) -> Int? {
    var index = start
    guard index < bytes.count, bytes[index] != comment else { return nil }
    let last = columns.roles.count - 1
    for column in 0...last {
      while index < bytes.count, isSpace(bytes[index]) { index += 1 }
      switch columns.roles[column] {
      case .number(let slot):
        guard let (number, end) = DecimalNumber.scan(bytes, from: index, point: columns.point),
          number.isFinite, columns.missing.isEmpty || !columns.missing.contains(number)
        else { return nil }
        numbers[slot] = number
        index = end
      case .ignored, .text:
        let first = index
        guard index < bytes.count, bytes[index] != UInt8(ascii: "\"") else { return nil }
        while index < bytes.count, !endsField(bytes[index]) { index += 1 }
        guard case .text(let slot) = columns.roles[column] else { break }
        guard let text = text(bytes, first..<index), !columns.isMissing(text) else { return nil }
        texts[slot] = text
      }
      while index < bytes.count, isSpace(bytes[index]) { index += 1 }
      if column < last {
        guard index < bytes.count, bytes[index] == delimiter else { return nil }
        index += 1
      }
    }
    guard index < bytes.count else { return isLastBlock ? index : nil }
    switch bytes[index] {
    case 0x0A: return index + 1
    case 0x0D:
      // A line feed may begin the next block.
      guard index + 1 < bytes.count || isLastBlock else { return nil }
      return index + (index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1)
    default: return nil
    }
  }

  /// The text of a range without the spaces at its end; nil where it is empty or not UTF-8.
  private func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String? {
    var end = range.upperBound
    while end > range.lowerBound, isSpace(bytes[end - 1]) { end -= 1 }
    guard end > range.lowerBound else { return nil }
    return String(
      validating: UnsafeBufferPointer(rebasing: bytes[range.lowerBound..<end]), as: UTF8.self)
  }

  private func endsField(_ byte: UInt8) -> Bool {
    byte == delimiter || byte == 0x0A || byte == 0x0D
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    (byte == 0x20 || byte == 0x09) && byte != delimiter
  }
}
