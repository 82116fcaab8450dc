import NNCore

/// The columns of a table as inputs of a network: those of numbers together, and each embedded one
/// by itself.
struct ColumnInputs {
  /// The numbers [N, inputs] in float64; nil if all columns are embedded.
  let numbers: HostTensor?
  /// The categories of each embedded column, int32 [N], by its name.
  let categories: [(name: String, part: HostTensor)]
  /// What was filled in, unknown or clipped.
  let notes: [DataNote]

  /// The inputs by name, those of numbers first.
  ///
  /// - Parameter name: The name of the input of numbers.
  func named(_ name: String) -> [(name: String, part: HostTensor)] {
    (numbers.map { [(name: name, part: $0)] } ?? []) + categories
  }
}

/// Columns of categories that are inputs of their own.
extension TableColumns {
  /// The columns as inputs.
  ///
  /// - Throws: `NNError` as `encoded(_:)` does.
  func inputs(_ encodings: [ColumnEncoding]) throws(NNError) -> ColumnInputs {
    var numbers: HostTensor?
    var notes: [DataNote] = []
    if !encodings.allSatisfy(\.isEmbedded) {
      let (tensor, own) = try encoded(encodings)
      numbers = tensor
      notes = own
    }
    var categories: [(name: String, part: HostTensor)] = []
    for (column, encoding) in zip(columns, encodings) where encoding.isEmbedded {
      let (codes, counts) = column.embedded(encoding)
      categories.append((encoding.name, codes))
      notes += counts.notes(encoding)
    }
    return ColumnInputs(numbers: numbers, categories: categories, notes: notes)
  }

  /// The names that inputs of a table, its targets and outputs of a network have.
  private static let takenNames: Set = [
    PortName.input, PortName.columns, PortName.lengths, PortName.decoderInput, PortName.target,
    PortName.output,
  ]

  /// Verifies that the names of embedded columns can be those of inputs.
  ///
  /// - Throws: `NNError` naming the column, and why it cannot.
  func requireInputNames() throws(NNError) {
    var seen: Set<String> = []
    for (column, options) in zip(columns, options) where options.encode == .embedding {
      let name = column.name
      let reason: String
      if name.isEmpty {
        reason = "the column \(column.index) (from 0) has no name"
      } else if name.contains(".") {
        reason = "the name \"\(name)\" has a dot, and names of inputs have none"
      } else if Self.takenNames.contains(name) {
        reason = "the name \"\(name)\" is taken: networks use it for another input or a target"
      } else if !seen.insert(name).inserted {
        reason = "two columns are called \"\(name)\""
      } else {
        continue
      }
      throw .invalid(
        "`columns`: an embedded column is an input with the column's name, and \(reason)",
        at: place, hint: "rename the column, or encode it otherwise: encode: one_hot")
    }
  }
}

extension RawColumn {
  /// The categories of an embedded column as int32 [N]: their positions from 1, and 0 for others.
  fileprivate func embedded(
    _ encoding: ColumnEncoding
  ) -> (codes: HostTensor, counts: EncodingCounts) {
    let (positions, fill) = positions(
      in: encoding.categories ?? [], filling: encoding.fillCategory)
    var counts = EncodingCounts()
    let embedded = codes.map { code -> Int32 in
      let position = code < 0 ? fill : positions[Int(code)]
      if code < 0 {
        counts.missing += 1
      } else if position == nil {
        counts.unknown += 1
      }
      return position.map { Int32(clamping: $0 + 1) } ?? 0
    }
    return (HostTensor(embedded), counts)
  }

  /// The position of each of the column's texts among categories, nil for other texts, and that of
  /// the category that missing values become.
  func positions(
    in categories: [String], filling fill: String?
  ) -> (positions: [Int?], fill: Int?) {
    let known = Dictionary(
      zip(categories, categories.indices), uniquingKeysWith: { first, _ in first })
    return (texts.map { known[$0] }, fill.flatMap { known[$0] })
  }
}
