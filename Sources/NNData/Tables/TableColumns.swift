import NNCore

/// The input columns of a table as read, with their options: what an encoding is fitted to.
struct TableColumns: Sendable {
  /// The columns, in the order of the inputs.
  let columns: [RawColumn]
  /// Their cells, float64 [rows, columns] (`TableCell`), in memory or in a file.
  let cells: ExampleRows
  /// The options of each.
  let options: [ColumnOptions]
  /// The file.
  let place: String

  /// The bytes of cells that are in memory at a time to fit encodings to them.
  private static let fittedByteCount = 1 << 28

  /// Fits encodings to the training rows alone: means, quantiles and categories of other rows must
  /// not be known to a network that is judged by them.
  ///
  /// - Parameter rows: The training rows, ascending.
  /// - Throws: `NNError` as `requireInputNames()` and `RawColumn.fit`, and if a file cannot be read.
  func fit(rows: [Int]) throws(NNError) -> [ColumnEncoding] {
    try requireInputNames()
    let needed = columns.indices.filter { columns[$0].needsCells(options[$0]) }
    let size = max(1, Self.fittedByteCount / max(1, 8 * rows.count))
    var encodings: [ColumnEncoding] = []
    var next = 0
    var fitted: [Int: [Double]] = [:]
    for index in columns.indices {
      if next < needed.count, needed[next] == index, fitted.isEmpty {
        fitted = try cells(of: Array(needed[next..<min(next + size, needed.count)]), rows: rows)
      }
      let own = fitted.removeValue(forKey: index)
      if own != nil { next += 1 }
      encodings.append(try columns[index].fit(options[index], cells: own ?? [], at: place))
    }
    return encodings
  }

  /// The cells of some columns, by column.
  private func cells(
    of columns: [Int], rows: [Int]
  ) throws(NNError) -> [Int: [Double]] {
    let width = self.columns.count
    var found = columns.map { _ in
      var cells: [Double] = []
      cells.reserveCapacity(rows.count)
      return cells
    }
    try cells.forEachBlock(count: rows.count, rows: rows) { block, examples, place in
      block.withScalars(as: Double.self) { cells in
        for (position, column) in columns.enumerated() {
          for example in examples {
            found[position].append(cells[place(example) * width + column])
          }
        }
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(columns, found))
  }
}
