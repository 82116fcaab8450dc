import NNCore

/// The columns of a table as inputs of a network: those of numbers together, and each embedded one
/// by itself.
struct ColumnInputs {
  /// The numbers [N, inputs] in float64; nil if all columns are embedded.
  let numbers: ExampleRows?
  /// The categories of each embedded column, int32 [N], by its name.
  let categories: [(name: String, part: ExampleRows)]
  /// What was filled in, unknown or clipped.
  let notes: [DataNote]

  /// The inputs by name, those of numbers first.
  ///
  /// - Parameter name: The name of the input of numbers.
  func named(_ name: String) -> [(name: String, part: ExampleRows)] {
    (numbers.map { [(name: name, part: $0)] } ?? []) + categories
  }

  /// The inputs in memory, otherwise as `named(_:)`.
  ///
  /// - Throws: `NNError` if they are in a file that cannot be read.
  func read(_ name: String) throws(NNError) -> [(name: String, part: HostTensor)] {
    try named(name).map { (name, part) throws(NNError) in (name, try part.gathering(nil)) }
  }
}

/// The input columns of a table as read, how they are encoded, and the result.
struct FittedColumns {
  let raw: TableColumns
  let encodings: [ColumnEncoding]
  let inputs: ColumnInputs

  /// The number of different integers in the main input if all columns are embedded; otherwise nil.
  var mainCategoryCount: Int? { inputs.numbers == nil ? encodings.first?.categoryCount : nil }
}

extension TableColumns {
  /// The columns as inputs. Cells in a file are encoded when rows are read.
  ///
  /// - Parameters:
  ///   - encodings: The encoding of each column.
  ///   - hint: How to use less memory; nil where nothing helps.
  /// - Throws: `NNError` where inputs exceed the available memory, naming the column whose scaled
  ///   numbers are not finite, and if a file cannot be read.
  func inputs(
    _ encodings: [ColumnEncoding], hint: String? = nil
  ) throws(NNError) -> ColumnInputs {
    let numbers: [any CellEncoder] =
      encodings.allSatisfy(\.isEmbedded) ? [] : [RowEncoder(columns, encodings)]
    let categories = columns.indices.filter { encodings[$0].isEmbedded }.map { column in
      CategoryEncoder(columns[column], encodings[column], at: column)
    }
    var counts = columns.map { _ in EncodingCounts() }
    let parts = try encoded(by: numbers + categories, counting: &counts, hint: hint)
    var notes: [DataNote] = []
    for (encoding, counts) in zip(encodings, counts) {
      guard counts.infinite == 0 else {
        throw .invalid(
          "column \"\(encoding.name)\": a scaled number is not finite", at: place,
          hint: "change the column's unit, or its `scale`")
      }
      notes += counts.notes(encoding)
    }
    return ColumnInputs(
      numbers: numbers.isEmpty ? nil : parts.first,
      categories: zip(categories, parts.dropFirst(numbers.count)).map { ($0.name, $1) },
      notes: notes)
  }

  /// The input of each encoder; cells in a file are read once for all.
  private func encoded(
    by encoders: [any CellEncoder], counting counts: inout [EncodingCounts], hint: String?
  ) throws(NNError) -> [ExampleRows] {
    let count = cells.shape[0]
    let byteCount = encoders.reduce(0) { $0 + $1.exampleShape.byteCount(of: $1.dtype) }
    switch cells {
    case .memory(let cells):
      let width = encoders.reduce(0) { $0 + $1.exampleShape.elementCount }
      try MemoryLimit.check(
        [count, byteCount].saturatingProduct, "\(count) rows of \(width) inputs", at: place,
        hint: hint)
      var parts: [ExampleRows] = []
      for encoder in encoders {
        var inputs = encoder.zeros(count: count)
        encoder.encode(cells, into: &inputs, at: 0, counting: &counts)
        parts.append(.memory(inputs))
      }
      return parts
    case .stored(let rows):
      var blocks = encoders.map { $0.zeros(count: 0) }
      try cells.forEachBlock(count: count, rows: nil, otherByteCount: byteCount) {
        cells, examples, _ in
        for (index, encoder) in encoders.enumerated() {
          if blocks[index].shape[0] != examples.count {
            blocks[index] = encoder.zeros(count: examples.count)
          }
          encoder.encode(cells, into: &blocks[index], at: 0, counting: &counts)
        }
      }
      return encoders.map { .stored(StoredRows(rows.file, encodedBy: $0)) }
    }
  }
}
