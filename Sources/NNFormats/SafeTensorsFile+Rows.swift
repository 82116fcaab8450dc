package import NNCore

/// Files with a tensor that is written row by row, so that it may be larger than the memory.
extension SafeTensorsFile {
  /// The size of the header: enough for a few tensors and short texts.
  private static let rowHeaderByteCount = 4096

  /// Writes a file, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: The file to replace or create; its folder must exist.
  ///   - name: The name of the tensor [N, …], which comes first.
  ///   - row: The shape of its rows.
  ///   - dtype: The type of its elements.
  ///   - body: Passes rows to the writer that it gets, and returns the other tensors and the metadata,
  ///     which are small.
  /// - Throws: What `body` throws, and `NNError` when the file cannot be written.
  package static func write(
    to path: String, rowsOf name: String, _ row: Shape, _ dtype: DType,
    _ body: (RowWriter) throws(NNError) -> SafeTensorsFile
  ) throws(NNError) {
    try AtomicFile.write(path: path) { (file) throws(NNError) in
      try file.write([UInt8](repeating: UInt8(ascii: " "), count: rowHeaderByteCount))
      let writer = RowWriter(file, row, dtype)
      let rest = try body(writer)
      for (_, tensor) in rest.tensors {
        try tensor.withBytes { (bytes) throws(NNError) in try file.write(bytes) }
      }
      let header = header(
        of: [Description(name, dtype, Shape([writer.count] + row.dimensions))]
          + rest.tensors.map { Description($0.name, $0.tensor) }, rest.metadata,
        byteCount: rowHeaderByteCount)
      precondition(header.count == rowHeaderByteCount, "the header has no room")
      try file.write(header, at: 0)
    }
  }
}

/// Writes the rows of a tensor, some at a time.
package final class RowWriter {
  /// The number of rows so far.
  package private(set) var count = 0
  /// The CRC-32 of their bytes.
  package private(set) var checksum = CRC32.checksum([])
  private let file: FileSink
  private let row: Shape
  private let dtype: DType

  fileprivate init(_ file: FileSink, _ row: Shape, _ dtype: DType) {
    self.file = file
    self.row = row
    self.dtype = dtype
  }

  /// Appends rows.
  ///
  /// - Parameter rows: [M, …] of the tensor's type.
  /// - Throws: `NNError` when the file cannot be written.
  package func append(_ rows: HostTensor) throws(NNError) {
    precondition(
      rows.dtype == dtype && rows.shape.dimensions.dropFirst().elementsEqual(row.dimensions),
      "rows of another type or shape")
    try rows.withBytes { (bytes) throws(NNError) in
      checksum = CRC32.checksum(bytes, continuing: checksum)
      try file.write(bytes)
    }
    count += rows.shape[0]
  }
}
