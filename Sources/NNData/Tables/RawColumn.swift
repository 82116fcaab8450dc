/// An input column of a table as read, before it is encoded. Its cells are next to those of the other
/// columns (`TableColumns`).
struct RawColumn: Sendable {
  /// Its name in the header; without a header its number.
  let name: String
  /// Its position in the table, from 0.
  let index: Int
  /// What its values are.
  let type: ColumnType
  /// The different texts of categories, in the order of their first appearance.
  let texts: [String]
  /// The numbers that texts stand for: seconds of dates, 1 and 0 of Booleans.
  let textNumbers: [Double]
  /// The categories that the file lists, in order.
  let listed: [String]?
  /// The number of missing values.
  let missingCount: Int

  /// The number of a cell, dates in seconds; NaN where it is missing.
  func number(_ cell: Double) -> Double {
    TableCell.textIndex(of: cell).map { textNumbers[$0] } ?? cell
  }
}
