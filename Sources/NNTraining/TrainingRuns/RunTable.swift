package import NNCore
import NNFormats

/// A table written during a run: `metrics.csv`, `steps.csv`.
package struct RunTable: Sendable {
  /// The names of the columns.
  package private(set) var columns: [String]
  /// The numbers, row by row; nil for an empty field.
  package let rows: [[Double?]]

  /// Reads a table, without a truncated last line. Nil if there is no row.
  ///
  /// - Throws: `NNError` if the file contains anything but numbers.
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

  /// The same table with renamed columns.
  package func renamingColumns(_ name: (String) -> String) -> RunTable {
    var table = self
    table.columns = columns.map(name)
    return table
  }

  /// A column; NaN for an empty field.
  package subscript(name: String) -> [Double]? {
    guard let column = columns.firstIndex(of: name) else { return nil }
    return rows.map { $0[column] ?? .nan }
  }

  /// A column, unless all its fields are empty.
  package func filled(_ name: String) -> [Double]? {
    self[name].flatMap { column in column.contains { !$0.isNaN } ? column : nil }
  }
}
