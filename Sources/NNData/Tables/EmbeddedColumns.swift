import NNCore

/// Encodes a column of categories that is an input of its own, int32 [N]: their positions from 1, and
/// 0 for others.
struct CategoryEncoder: CellEncoder {
  /// The name of the column, and of the input.
  let name: String
  /// Its position among the cells of a row.
  private let column: Int
  private let positions: CategoryPositions

  init(_ raw: RawColumn, _ encoding: ColumnEncoding, at column: Int) {
    name = encoding.name
    self.column = column
    positions = CategoryPositions(raw, encoding)
  }

  var exampleShape: Shape { [] }
  var dtype: DType { .int32 }

  func encode(
    _ cells: HostTensor, into inputs: inout HostTensor, at first: Int,
    counting counts: inout [EncodingCounts]
  ) {
    let (count, width) = (cells.shape[0], cells.shape[1])
    cells.withScalars(as: Double.self) { cells in
      inputs.withMutableScalars(as: Int32.self) { inputs in
        for row in 0..<count {
          let text = TableCell.textIndex(of: cells[row * width + column])
          let position = positions.position(ofText: text, counting: &counts[column])
          inputs[first + row] = position.map { Int32(clamping: $0 + 1) } ?? 0
        }
      }
    }
  }
}

/// The names of embedded columns, which are those of inputs.
enum EmbeddedNames {
  /// The names that inputs of a table, its targets and outputs of a network have.
  private static let taken: Set = [
    PortName.input, PortName.columns, PortName.lengths, PortName.decoderInput, PortName.target,
    PortName.output,
  ]

  /// Why the first of some columns cannot be an input by its name; nil if all can.
  static func problem(in columns: [(name: String, index: Int)]) -> String? {
    var seen: Set<String> = []
    for (name, index) in columns {
      if name.isEmpty { return "the column \(index) (from 0) has no name" }
      if name.contains(".") {
        return "the name \"\(name)\" has a dot, and names of inputs have none"
      }
      if taken.contains(name) {
        return "the name \"\(name)\" is taken: networks use it for another input or a target"
      }
      if !seen.insert(name).inserted { return "two columns are called \"\(name)\"" }
    }
    return nil
  }
}

extension TableColumns {
  /// Verifies that the names of embedded columns can be those of inputs.
  ///
  /// - Throws: `NNError` naming the column, and why it cannot.
  func requireInputNames() throws(NNError) {
    let embedded = zip(columns, options).filter { $1.encode == .embedding }
    let problem = EmbeddedNames.problem(in: embedded.map { ($0.0.name, $0.0.index) })
    guard let problem else { return }
    throw .invalid(
      "`columns`: an embedded column is an input with the column's name, and \(problem)",
      at: place, hint: "rename the column, or encode it otherwise: encode: one_hot")
  }
}

extension [ColumnEncoding] {
  /// Whether the names of embedded columns can be those of inputs.
  package var haveInputNames: Bool {
    EmbeddedNames.problem(in: filter(\.isEmbedded).map { ($0.name, $0.index) }) == nil
  }
}
