/// Rows as methods of explanation read and change them: for each row the numbers of all inputs of
/// the network, one input after another.
///
/// Padding after the end of a sequence belongs to no row: it is never changed.
package struct ExplainedRows: Sendable {
  /// The numbers of all rows, row by row.
  package let numbers: [Double]
  /// The number of rows, at least 1.
  package let count: Int
  /// The valid steps of each row's main input; nil where all are.
  package let lengths: [Int]?
  /// The positions in a row that are padding, for each row; empty where no row has any.
  let paddings: [Range<Int>]

  /// The number of numbers of a row.
  package var width: Int { numbers.count / max(1, count) }

  /// Combines numbers with the lengths of sequences.
  ///
  /// - Parameters:
  ///   - lengths: The valid steps of each row; nil where all are.
  ///   - steps: The extent of the steps' axis, and the number of numbers of a step.
  init(
    _ numbers: [Double], count: Int, lengths: [Int]? = nil,
    steps: (count: Int, size: Int) = (1, 1)
  ) {
    self.numbers = numbers
    self.count = count
    self.lengths = lengths
    paddings = (lengths ?? []).map { $0 * steps.size..<max($0, steps.count) * steps.size }
  }

  private init(_ numbers: [Double], count: Int, lengths: [Int]?, paddings: [Range<Int>]) {
    self.numbers = numbers
    self.count = count
    self.lengths = lengths
    self.paddings = paddings
  }

  /// The same rows with other numbers; padding stays.
  func replacing(_ changed: [Double]) -> ExplainedRows {
    var changed = changed
    for (row, padding) in paddings.enumerated() {
      let range = padding.lowerBound + row * width..<padding.upperBound + row * width
      changed.replaceSubrange(range, with: numbers[range])
    }
    return ExplainedRows(changed, count: count, lengths: lengths, paddings: paddings)
  }

  /// The rows with every number replaced by one value.
  package func filled(with value: Double) -> ExplainedRows {
    replacing([Double](repeating: value, count: numbers.count))
  }

  /// Copies of one row with other numbers, of which padding is not read.
  ///
  /// - Parameter changed: The numbers of all copies.
  func copies(of row: Int, _ changed: [Double]) -> ExplainedRows {
    let count = changed.count / max(1, width)
    guard let lengths else { return ExplainedRows(changed, count: count) }
    let padding = paddings[row]
    var changed = changed
    for copy in 0..<count {
      for index in padding { changed[copy * width + index] = numbers[row * width + index] }
    }
    return ExplainedRows(
      changed, count: count, lengths: [Int](repeating: lengths[row], count: count),
      paddings: [Range<Int>](repeating: padding, count: count))
  }

  /// A part of the rows, with copies of its first row up to a number of rows.
  func part(_ range: Range<Int>, filledTo size: Int) -> ExplainedRows {
    let rows = Array(range) + [Int](repeating: range.lowerBound, count: size - range.count)
    guard rows.count != count || range.count != count else { return self }
    return selecting(rows)
  }

  /// Values of the rows' layout with zeros in place of padding.
  func withoutPadding(_ values: [Double]) -> [Double] {
    var values = values
    for (row, padding) in paddings.enumerated() {
      for index in padding { values[row * width + index] = 0 }
    }
    return values
  }

  private func selecting(_ rows: [Int]) -> ExplainedRows {
    ExplainedRows(
      rows.flatMap { numbers[$0 * width..<($0 + 1) * width] }, count: rows.count,
      lengths: lengths.map { all in rows.map { all[$0] } },
      paddings: paddings.isEmpty ? [] : rows.map { paddings[$0] })
  }
}
