import NNCore

/// A format of tables with at most one row per line.
protocol LineFormat {
  /// What was left out of the rows so far.
  var notes: [DataNote] { get }
  /// Whether no further line can add a column.
  var hasAllColumns: Bool { get }
  /// Adds the columns that are known before the first line.
  mutating func begin(_ rows: inout ParsedRows)
  /// Reads a line.
  ///
  /// - Parameter number: The number of the line, from 1.
  mutating func read(
    _ line: ArraySlice<UInt8>, number: Int, to rows: inout ParsedRows
  ) throws(NNError)
  /// Adds the columns that the lines showed, once, after all of them.
  mutating func end(_ rows: inout ParsedRows) throws(NNError)
  /// Prepares for reading the same lines again.
  mutating func restart()
}

extension LineFormat {
  var notes: [DataNote] { [] }
  mutating func begin(_ rows: inout ParsedRows) {}
  mutating func end(_ rows: inout ParsedRows) throws(NNError) {}
  mutating func restart() {}
}

/// The rows of a text with one row per line, read a block at a time.
///
/// Where any line may add a column, all blocks are read once for the columns, and again for the rows;
/// a text of one block is read once.
struct LineRows<Format: LineFormat>: TableRows {
  /// The file.
  let path: String
  private let blocks: TextBlocks
  private var format: Format
  /// The rows of the current block.
  private var rows = ParsedRows()
  private var lineCount = 0
  /// The beginning of a line that the next block completes.
  private var rest: [UInt8] = []

  /// Reads the first rows, after all lines that are needed to know the columns.
  ///
  /// - Throws: `NNError` naming the line of what is not in the format.
  init(_ format: Format, _ blocks: TextBlocks) throws(NNError) {
    path = blocks.path
    self.format = format
    self.blocks = blocks
    self.format.begin(&rows)
    var hasDroppedRows = false
    try readBlock()
    while !self.format.hasAllColumns, !isLastBlock {
      hasDroppedRows = hasDroppedRows || rowCount > 0
      rows.removeRows()
      try readBlock()
    }
    if !self.format.hasAllColumns { try self.format.end(&rows) }
    if hasDroppedRows {
      rows.removeRows()
      self.format.restart()
      lineCount = 0
      try blocks.restart()
      try readBlock()
    }
    try readUntilRow()
  }

  /// The names of the columns.
  var names: [String] { rows.names }
  /// What the file declares about its columns; empty where it declares nothing.
  var declarations: [ColumnDeclaration] { rows.declarations }
  /// The number of rows of the current block.
  var rowCount: Int { rows.rowCount }
  /// Whether all rows are in memory.
  var isWhole: Bool { blocks.isWhole }
  /// Whether no block follows the current one.
  var isLastBlock: Bool { blocks.isAtEnd }
  var line: Int { rows.line }
  var notes: [DataNote] { format.notes }

  mutating func next(_ fields: inout [TableField]) throws(NNError) -> Bool {
    while true {
      if rows.next(&fields) { return true }
      guard !isLastBlock else { return false }
      rows.removeRows()
      try readUntilRow()
    }
  }

  func text(_ field: TableField) throws(NNError) -> String { rows.text(field) }

  private mutating func readUntilRow() throws(NNError) {
    while rowCount == 0, !isLastBlock { try readBlock() }
  }

  /// Reads the lines of the next block; one that reaches its end is read with the block after it.
  private mutating func readBlock() throws(NNError) {
    var bytes = rest
    rest = []
    while let block = try blocks.next() {
      bytes += block
      guard !isLastBlock else { break }
      if let end = bytes.lastIndex(of: 0x0A) {
        rest = Array(bytes[(end + 1)...])
        bytes.removeLast(rest.count)
        break
      }
      guard bytes.count <= Self.largestLineByteCount else {
        throw .invalid(
          "a line takes more than \(MemoryLimit.text(Self.largestLineByteCount))",
          at: "\(path):\(lineCount + 1)")
      }
    }
    let hasMark = lineCount == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    try read(bytes[(hasMark ? 3 : 0)...])
  }

  private mutating func read(_ lines: ArraySlice<UInt8>) throws(NNError) {
    try requireUTF8(lines)
    var start = lines.startIndex
    while start < lines.endIndex {
      lineCount += 1
      let end = lines[start...].firstIndex(of: 0x0A) ?? lines.endIndex
      try format.read(lines[start..<end], number: lineCount, to: &rows)
      start = end + 1
    }
  }

  private func requireUTF8(_ lines: ArraySlice<UInt8>) throws(NNError) {
    guard String(validating: lines, as: UTF8.self) == nil else { return }
    let all = lines.split(separator: 0x0A, omittingEmptySubsequences: false)
    let bad = all.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw .invalid(
      "is not UTF-8", at: "\(path):\(lineCount + 1 + bad)",
      hint: "convert the file, such as from Latin-1: iconv -f LATIN1 -t UTF-8 FILE > NEW")
  }

  /// The largest line of a text in blocks.
  private static var largestLineByteCount: Int { 1 << 28 }
}
