import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The input columns of a table as read, with their options: what an encoding is fitted to.
struct TableColumns: Sendable {
  /// The columns, in the order of the inputs.
  let columns: [RawColumn]
  /// The options of each.
  let options: [ColumnOptions]
  /// The number of rows.
  let rowCount: Int
  /// The file.
  let place: String

  /// Fits encodings to the training rows alone: means, quantiles and categories of other rows must
  /// not be known to a network that is judged by them.
  ///
  /// - Parameter rows: The training rows, ascending.
  func fit(rows: [Int]) throws(NNError) -> [ColumnEncoding] {
    try requireInputNames()
    var encodings: [ColumnEncoding] = []
    for (column, options) in zip(columns, options) {
      encodings.append(try column.fit(options, rows: rows, at: place))
    }
    return encodings
  }

  /// The inputs [N, inputs] in float64, without embedded columns, and what was filled in, unknown or
  /// clipped.
  ///
  /// - Throws: `NNError` where they exceed the available memory, and naming the column whose scaled
  ///   numbers are not finite.
  func encoded(_ encodings: [ColumnEncoding]) throws(NNError) -> (HostTensor, [DataNote]) {
    let width = encodings.reduce(0) { $0 + $1.inputCount }
    try MemoryLimit.check(
      [rowCount, width, 8].saturatingProduct, "\(rowCount) rows of \(width) inputs", at: place)
    var inputs = HostTensor(zeros: [rowCount, width], dtype: .float64)
    var notes: [DataNote] = []
    var offset = 0
    for (column, encoding) in zip(columns, encodings) where !encoding.isEmbedded {
      let counts = inputs.withMutableScalars(as: Double.self) { numbers in
        column.encode(encoding, into: numbers, at: offset, width: width)
      }
      guard counts.infinite == 0 else {
        throw .invalid(
          "column \"\(column.name)\": a scaled number is not finite", at: place,
          hint: "change the column's unit, or its `scale`")
      }
      notes += counts.notes(encoding)
      offset += encoding.inputCount
    }
    return (inputs, notes)
  }
}

/// How many values of a column were not read as they are.
struct EncodingCounts {
  var missing = 0
  var unknown = 0
  var clipped = 0
  var infinite = 0

  /// A note for each count above 0.
  func notes(_ encoding: ColumnEncoding) -> [DataNote] {
    let filling =
      switch encoding.missing {
      case "constant": encoding.fillCategory ?? encoding.fill.map(CSVFormat.text) ?? "a constant"
      case "indicator" where encoding.categories != nil: "no category, and marked"
      case "indicator": "the mean, and marked"
      default: "the \(encoding.missing)"
      }
    let code =
      switch encoding.encode {
      case .embedding: "0"
      case .ordinal: "-1"
      case .oneHot, nil: "none"
      }
    let isCode = encoding.isEmbedded && encoding.fillCategory == nil
    return [
      (missing, "missing values \(isCode ? "encoded as 0" : "filled with \(filling)")"),
      (self.unknown, "categories that the training rows lack, encoded as \(code)"),
      (clipped, "values outside the range of the training rows, clipped"),
    ].filter { $0.0 > 0 }.map {
      DataNote(subject: "column \"\(encoding.name)\"", what: $0.1, count: $0.0)
    }
  }
}

extension RawColumn {
  /// Writes the column's inputs into rows of `width` numbers, from `offset` on; they are 0 before.
  fileprivate func encode(
    _ encoding: ColumnEncoding, into numbers: UnsafeMutableBufferPointer<Double>, at offset: Int,
    width: Int
  ) -> EncodingCounts {
    var counts = EncodingCounts()
    let indicator = offset + encoding.inputCount - 1
    let rowCount = encoding.categories == nil ? self.numbers.count : codes.count
    func mark(_ row: Int) {
      counts.missing += 1
      if encoding.hasIndicator { numbers[row * width + indicator] = 1 }
    }
    if let categories = encoding.categories {
      let (positions, fill) = positions(in: categories, filling: encoding.fillCategory)
      for row in 0..<rowCount {
        let code = codes[row]
        if code < 0 { mark(row) }
        let position = code < 0 ? fill : positions[Int(code)]
        if code >= 0, position == nil { counts.unknown += 1 }
        if encoding.isOrdinal {
          numbers[row * width + offset] = position.map(Double.init) ?? -1
        } else if let position {
          numbers[row * width + offset + position] = 1
        }
      }
      return counts
    }
    for row in 0..<rowCount {
      var value = self.numbers[row]
      if value.isNaN {
        mark(row)
        value = encoding.fill ?? 0
      }
      let start = row * width + offset
      if let dates = encoding.dates {
        for (part, share) in encoding.parts(of: value, dates).enumerated() {
          numbers[start + part] = share
        }
      } else {
        let scaled = encoding.scaled(value, clipped: &counts.clipped)
        if !scaled.isFinite { counts.infinite += 1 }
        numbers[start] = scaled
      }
    }
    return counts
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
