import NNCore

/// Reads the rows of a CSV text one after another (RFC 4180), each with its line number.
///
/// Quoted fields may hold delimiters, line breaks and doubled quotes; lines end with LF, CRLF or
/// CR; empty lines and a byte order mark at the start are skipped. Of a text in blocks, a row that
/// reaches the end of a block is read again together with the next one.
struct CSVReader: TableRows {
  /// One field; quotes are not part of its range.
  typealias Field = TableField

  /// The text, or the current row and the rest of its block.
  private(set) var bytes: [UInt8]
  /// The line of the last row read, from 1; for a row of several lines the first one.
  var line = 0
  let delimiter: UInt8
  /// The first character of lines that are skipped; nil for none.
  let comment: UInt8?
  /// The index of the next row.
  var position: Int
  /// The line of the next row.
  var nextLine = 1

  private let place: String
  /// Where later blocks come from; nil for a text that is complete.
  private let blocks: TextBlocks?

  /// - Parameters:
  ///   - bytes: The text, or its first block.
  ///   - blocks: The other blocks; nil (default) for none.
  init(
    _ bytes: [UInt8], then blocks: TextBlocks? = nil, delimiter: UInt8, comment: UInt8? = nil,
    at place: String
  ) {
    self.bytes = bytes
    self.blocks = blocks
    self.delimiter = delimiter
    self.comment = comment
    self.place = place
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  var notes: [DataNote] { [] }
  /// Whether no block follows the current one.
  var isLastBlock: Bool { blocks?.isAtEnd ?? true }

  /// Reads the next row into `fields`; false at the end.
  mutating func next(_ fields: inout [Field]) throws(NNError) -> Bool {
    while true {
      skipLines()
      let (start, firstLine) = (position, nextLine)
      let found: Result<Bool, NNError>
      do throws(NNError) { found = .success(try row(&fields)) } catch { found = .failure(error) }
      guard position == bytes.count, !isLastBlock else { return try found.get() }
      (position, nextLine) = (start, firstLine)
      try appendBlock()
    }
  }

  /// Skips empty lines and comments, except one that reaches the end of the block.
  private mutating func skipLines() {
    var (start, firstLine) = (position, nextLine)
    while takeLineBreak() || takeComment() {
      if position < bytes.count { (start, firstLine) = (position, nextLine) }
    }
    (position, nextLine) = (start, firstLine)
  }

  /// Replaces the bytes before the current position by the next block after the others.
  private mutating func appendBlock() throws(NNError) {
    guard bytes.count - position <= Self.largestRowByteCount else {
      throw .invalid(
        "a row takes more than \(MemoryLimit.text(Self.largestRowByteCount)); a quote may not be "
          + "closed", at: "\(place):\(nextLine)")
    }
    bytes = Array(bytes[position...]) + (try blocks?.next() ?? [])
    position = 0
  }

  /// The largest row of a text in blocks.
  private static let largestRowByteCount = 1 << 28

  private mutating func row(_ fields: inout [Field]) throws(NNError) -> Bool {
    fields.removeAll(keepingCapacity: true)
    while takeLineBreak() || takeComment() {}
    guard position < bytes.count else { return false }
    line = nextLine
    repeat { fields.append(try field()) } while take(delimiter)
    guard takeLineBreak() || position == bytes.count else {
      throw .invalid("text follows a closing quote", at: "\(place):\(line)")
    }
    return true
  }

  /// The text of a field: unescaped if it is quoted, else with surrounding spaces removed.
  ///
  /// - Throws: `NNError` naming the row's line when the bytes are not UTF-8.
  func text(_ field: Field) throws(NNError) -> String {
    if !field.isQuoted { return try validated(bytes[trimmed(field)]) }
    // Quotes inside a field are doubled; the first of each two is dropped.
    var text: [UInt8] = []
    var isEscape = false
    for byte in bytes[field.range] {
      isEscape = byte == UInt8(ascii: "\"") && !isEscape
      if !isEscape { text.append(byte) }
    }
    return try validated(text[...])
  }

  /// Rejects invalid UTF-8: texts that differ only in invalid bytes must not become equal.
  private func validated(_ bytes: ArraySlice<UInt8>) throws(NNError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw .invalid(
      "the field \"\(String(decoding: bytes.prefix(40), as: UTF8.self))\" is not UTF-8",
      at: "\(place):\(line)",
      hint: "convert the file, such as from Latin-1: iconv -f LATIN1 -t UTF-8 FILE > NEW.csv")
  }

  private func trimmed(_ field: Field) -> Range<Int> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard let first = bytes[field.range].firstIndex(where: { !isSpace($0) }),
      let last = bytes[field.range].lastIndex(where: { !isSpace($0) })
    else { return field.range.lowerBound..<field.range.lowerBound }
    return first..<last + 1
  }

  private mutating func field() throws(NNError) -> Field {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < bytes.count, bytes[position] != delimiter, !isLineBreak(position) {
        position += 1
      }
      return Field(range: start..<position, isQuoted: false)
    }
    position += 1
    let start = position
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\"") {
        guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\"") else {
          position += 1
          return Field(range: start..<position - 1, isQuoted: true)
        }
        position += 1
      } else if bytes[position] == 0x0A || bytes[position] == 0x0D && !isFollowedByLF(position) {
        nextLine += 1
      }
      position += 1
    }
    throw .invalid("a quote is not closed before the end of the file", at: "\(place):\(line)")
  }

  private func isLineBreak(_ index: Int) -> Bool {
    bytes[index] == 0x0A || bytes[index] == 0x0D
  }

  private func isFollowedByLF(_ index: Int) -> Bool {
    index + 1 < bytes.count && bytes[index + 1] == 0x0A
  }

  private mutating func takeLineBreak() -> Bool {
    guard position < bytes.count, isLineBreak(position) else { return false }
    position += bytes[position] == 0x0D && isFollowedByLF(position) ? 2 : 1
    nextLine += 1
    return true
  }

  private mutating func takeComment() -> Bool {
    guard let comment, position < bytes.count, bytes[position] == comment else { return false }
    while position < bytes.count, !isLineBreak(position) { position += 1 }
    return true
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }
}
