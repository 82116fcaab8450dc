import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Encodes rows of a table's cells as a network's input of numbers, float64 [N, width]; embedded columns
/// have no part in it.
struct RowEncoder: CellEncoder {
  /// A column with what is the same for all its rows.
  private struct Column {
    let raw: RawColumn
    let encoding: ColumnEncoding
    /// Its position among the cells of a row.
    let position: Int
    /// Its first input in a row.
    let offset: Int
    let categories: CategoryPositions
  }

  /// The number of inputs of a row.
  private let width: Int
  /// The number of cells of a row.
  private let cellCount: Int
  private let columns: [Column]

  /// - Parameter encodings: The encoding of each column.
  init(_ columns: [RawColumn], _ encodings: [ColumnEncoding]) {
    var offset = 0
    var prepared: [Column] = []
    for (position, (raw, encoding)) in zip(columns, encodings).enumerated()
    where !encoding.isEmbedded {
      prepared.append(
        Column(
          raw: raw, encoding: encoding, position: position, offset: offset,
          categories: CategoryPositions(raw, encoding)))
      offset += encoding.inputCount
    }
    self.columns = prepared
    width = offset
    cellCount = columns.count
  }

  var exampleShape: Shape { [width] }
  var dtype: DType { .float64 }

  /// The rows of a piece, whose cells and inputs stay in the cache while its columns are encoded one
  /// by one.
  private static let pieceCount = 1024

  func encode(
    _ cells: HostTensor, into inputs: inout HostTensor, at first: Int,
    counting counts: inout [EncodingCounts]
  ) {
    let count = cells.shape[0]
    cells.withScalars(as: Double.self) { cells in
      inputs.withMutableScalars(as: Double.self) { inputs in
        let inputs = UnsafeMutableBufferPointer(
          rebasing: inputs[first * width..<(first + count) * width])
        for start in stride(from: 0, to: count, by: Self.pieceCount) {
          let rows = start..<min(start + Self.pieceCount, count)
          UnsafeMutableBufferPointer(
            rebasing: inputs[rows.lowerBound * width..<rows.upperBound * width]
          ).update(repeating: 0)
          for column in columns {
            if column.raw.type == .category {
              encodeCategories(column, rows, cells, inputs, &counts[column.position])
            } else {
              encodeNumbers(column, rows, cells, inputs, &counts[column.position])
            }
          }
        }
      }
    }
  }

  /// Sets a column's indicator in a row where its value is missing.
  private func mark(
    _ column: Column, _ row: Int, _ inputs: UnsafeMutableBufferPointer<Double>
  ) {
    guard column.encoding.hasIndicator else { return }
    inputs[row * width + column.offset + column.encoding.inputCount - 1] = 1
  }

  private func encodeCategories(
    _ column: Column, _ rows: Range<Int>, _ cells: UnsafeBufferPointer<Double>,
    _ inputs: UnsafeMutableBufferPointer<Double>, _ counts: inout EncodingCounts
  ) {
    let isOrdinal = column.encoding.isOrdinal
    for row in rows {
      let text = TableCell.textIndex(of: cells[row * cellCount + column.position])
      if text == nil { mark(column, row, inputs) }
      let category = column.categories.position(ofText: text, counting: &counts)
      let start = row * width + column.offset
      if isOrdinal {
        inputs[start] = category.map(Double.init) ?? -1
      } else if let category {
        inputs[start + category] = 1
      }
    }
  }

  private func encodeNumbers(
    _ column: Column, _ rows: Range<Int>, _ cells: UnsafeBufferPointer<Double>,
    _ inputs: UnsafeMutableBufferPointer<Double>, _ counts: inout EncodingCounts
  ) {
    let encoding = column.encoding
    for row in rows {
      var value = column.raw.number(cells[row * cellCount + column.position])
      if value.isNaN {
        counts.missing += 1
        mark(column, row, inputs)
        value = encoding.fill ?? 0
      }
      let start = row * width + column.offset
      if let dates = encoding.dates {
        for (part, share) in encoding.parts(of: value, dates).enumerated() {
          inputs[start + part] = share
        }
      } else {
        let scaled = encoding.scaled(value, clipped: &counts.clipped)
        if !scaled.isFinite { counts.infinite += 1 }
        inputs[start] = scaled
      }
    }
  }
}

extension ColumnEncoding {
  /// The inputs of a date: its position among the training rows from 0 to 1, then sine and cosine of
  /// its month, weekday and time of day as angles.
  fileprivate func parts(of seconds: Double, _ dates: [Double]) -> [Double] {
    let date = TableDate(seconds: seconds)
    let span = dates[1] - dates[0]
    let shares = [date.monthShare, date.weekdayShare] + (hasTimes ? [date.dayShare] : [])
    return [span == 0 ? 0 : (seconds - dates[0]) / span]
      + shares.flatMap { [sin(2 * .pi * $0), cos(2 * .pi * $0)] }
  }

  /// A number as scaled.
  ///
  /// - Parameter clipped: Counts the numbers outside the training rows' range, where that matters.
  fileprivate func scaled(_ value: Double, clipped: inout Int) -> Double {
    switch scale {
    case nil: return value
    case .linear(let offset, let divisor): return (value - offset) / divisor
    case .logarithm: return value < 0 ? -log1p(-value) : log1p(value)
    case .quantiles(let quantiles):
      let last = quantiles.count - 1
      if value < quantiles[0] || value > quantiles[last] { clipped += 1 }
      // Among equal quantiles the middle, as in scikit-learn.
      let (low, high) = (
        Self.position(of: value, in: quantiles, after: false),
        Self.position(of: value, in: quantiles, after: true)
      )
      return (low + high) / 2 / Double(last)
    }
  }

  /// The interpolated index of a value among ascending numbers, within their range: the last one of
  /// equal numbers if `after`, else the first.
  private static func position(
    of value: Double, in numbers: [Double], after: Bool
  ) -> Double {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < value || after && numbers[middle] == value {
        low = middle + 1
      } else {
        high = middle
      }
    }
    // `low` is the number of elements below the value, or up to it.
    if after, low > 0, numbers[low - 1] == value { return Double(low - 1) }
    if !after, low < numbers.count, numbers[low] == value { return Double(low) }
    guard low > 0 else { return 0 }
    guard low < numbers.count else { return Double(numbers.count - 1) }
    return Double(low - 1) + (value - numbers[low - 1]) / (numbers[low] - numbers[low - 1])
  }
}
