/// A rectangle of characters.
public struct CellBox: Sendable, Hashable {
  /// The first column.
  public var column: Int
  /// The first row.
  public var row: Int
  /// The number of columns.
  public var width: Int
  /// The number of rows.
  public var height: Int

  /// Creates a rectangle; negative sizes become 0.
  public init(column: Int, row: Int, width: Int, height: Int) {
    self.column = column
    self.row = row
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// Cuts rows off the top.
  ///
  /// - Returns: The rows that were cut off.
  public mutating func takeTop(_ rows: Int = 1) -> CellBox {
    let count = min(max(rows, 0), height)
    let top = CellBox(column: column, row: row, width: width, height: count)
    row += count
    height -= count
    return top
  }

  /// Cuts rows off the bottom.
  ///
  /// - Returns: The rows that were cut off.
  public mutating func takeBottom(_ rows: Int = 1) -> CellBox {
    let count = min(max(rows, 0), height)
    height -= count
    return CellBox(column: column, row: row + height, width: width, height: count)
  }
}
