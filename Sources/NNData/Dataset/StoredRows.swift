import NNCore
import NNFormats

/// Examples in a file: its rows as they are, or an input that a table's cells are encoded as.
struct StoredRows: Sendable {
  /// The file.
  let file: RowFile
  /// Encodes the rows of the file; nil for rows as they are.
  private let encoder: (any CellEncoder)?

  init(_ file: RowFile, encodedBy encoder: (any CellEncoder)? = nil) {
    self.file = file
    self.encoder = encoder
  }

  /// The number of examples, N.
  var count: Int { file.count }
  /// The shape of all examples: [N, …].
  var shape: Shape {
    encoder.map { Shape([file.count] + $0.exampleShape.dimensions) } ?? file.shape
  }
  /// The type of the elements.
  var dtype: DType { encoder?.dtype ?? file.dtype }

  /// The same examples in another shape of the same number of elements.
  func reshapingRows(to example: Shape) -> StoredRows {
    precondition(encoder == nil, "inputs of a table are one row of numbers")
    return StoredRows(file.reshapingRows(to: example))
  }

  /// The bytes of cells that are read at once.
  private static let cellByteCount = 4 << 20

  /// Reads examples, in the order of their indices, into a tensor of their type and shape.
  ///
  /// - Throws: `NNError` if the file has been cut or overwritten, or cannot be read.
  func read(_ rows: [Int], into tensor: inout HostTensor) throws(NNError) {
    guard let encoder else { return try file.read(rows, into: &tensor) }
    let rowByteCount = file.shape.replacing(axis: 0, with: 1).byteCount(of: file.dtype)
    let size = max(1, Self.cellByteCount / max(1, rowByteCount))
    for start in stride(from: 0, to: rows.count, by: size) {
      let cells = try file.read(Array(rows[start..<min(start + size, rows.count)]))
      encode(cells, by: encoder, into: &tensor, at: start)
    }
  }

  /// Reads the examples of a batch, otherwise as `read(_:into:)`.
  ///
  /// - Parameter cells: The cells that another input of the batch may have read.
  func read(
    _ rows: [Int], into tensor: inout HostTensor, sharing cells: inout SharedCells
  ) throws(NNError) {
    guard let encoder else { return try file.read(rows, into: &tensor) }
    encode(try cells.read(rows, of: file), by: encoder, into: &tensor, at: 0)
  }

  private func encode(
    _ cells: HostTensor, by encoder: any CellEncoder, into tensor: inout HostTensor, at first: Int
  ) {
    // What was filled in or unknown has been counted when the table was read.
    var counts = [EncodingCounts](repeating: EncodingCounts(), count: cells.shape[1])
    encoder.encode(cells, into: &tensor, at: first, counting: &counts)
  }
}

/// The cells that were read last, from which each input of a table is encoded in turn.
struct SharedCells {
  private var last: (file: RowFile, rows: [Int], cells: HostTensor)?

  /// The cells of rows, which are read unless they were read last.
  ///
  /// - Throws: `NNError` as `RowFile.read(_:)`.
  mutating func read(_ rows: [Int], of file: RowFile) throws(NNError) -> HostTensor {
    if let last, last.rows == rows, last.file.isSame(as: file) { return last.cells }
    let cells = try file.read(rows)
    last = (file, rows, cells)
    return cells
  }
}
