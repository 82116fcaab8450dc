package import NNCore
import NNFormats

/// A table that a run has written as it went: `metrics.csv`, `steps.csv`.
package struct RunTable: Sendable {
  /// The names of the columns.
  package private(set) var columns: [String]
  /// The numbers, row by row; nil where a field is empty.
  package let rows: [[Double?]]

  /// Reads a table; a last line that was cut off is left out. Nil where there is no row.
  ///
  /// - Throws: `NNError` when the file holds something else than numbers.
  package init?(contentsOf path: String) throws(NNError) {
    guard FileBytes.exists(path) else { return nil }
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard let header = lines.first else { return nil }
    columns = header.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var rows: [[Double?]] = []
    for (index, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = fields.map { Double($0) }
      guard fields.count == columns.count,
        zip(fields, numbers).allSatisfy({ $0.isEmpty || $1 != nil })
      else {
        throw .invalid(
          "holds no row of \(columns.count) numbers: \(line)", at: "\(path):\(index + 2)")
      }
      rows.append(numbers)
    }
    guard !rows.isEmpty else { return nil }
    self.rows = rows
  }

  /// The same table with other names for its columns.
  package func renamingColumns(_ name: (String) -> String) -> RunTable {
    var table = self
    table.columns = columns.map(name)
    return table
  }

  /// A column; NaN where a field is empty.
  package subscript(name: String) -> [Double]? {
    guard let column = columns.firstIndex(of: name) else { return nil }
    return rows.map { $0[column] ?? .nan }
  }

  /// A column with a number in some row.
  package func filled(_ name: String) -> [Double]? {
    self[name].flatMap { column in column.contains { !$0.isNaN } ? column : nil }
  }
}
