import NNCore
import NNFormats

/// Examples in a file: its rows as they are, or the inputs that a table's cells are encoded as.
struct StoredRows: Sendable {
  /// The file.
  let file: RowFile
  /// Encodes the rows of the file; nil for rows as they are.
  private let encoder: RowEncoder?

  init(_ file: RowFile, encodedBy encoder: RowEncoder? = nil) {
    self.file = file
    self.encoder = encoder
  }

  /// The number of examples, N.
  var count: Int { file.count }
  /// The shape of all examples: [N, …].
  var shape: Shape { encoder.map { Shape([file.count, $0.width]) } ?? file.shape }
  /// The type of the elements.
  var dtype: DType { file.dtype }

  /// The same examples in another shape of the same number of elements.
  func reshapingRows(to example: Shape) -> StoredRows {
    precondition(encoder == nil, "inputs of a table are one row of numbers")
    return StoredRows(file.reshapingRows(to: example))
  }

  /// Reads examples, in the order of their indices, into a tensor of their type and shape.
  ///
  /// - Throws: `NNError` if the file has been cut or overwritten, or cannot be read.
  func read(_ rows: [Int], into tensor: inout HostTensor) throws(NNError) {
    guard let encoder else { return try file.read(rows, into: &tensor) }
    // What was filled in or unknown has been counted when the table was read.
    _ = encoder.encode(try file.read(rows), into: &tensor)
  }
}
