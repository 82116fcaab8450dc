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
  ///   - body: Passes rows [M, …] to the closure that it gets, any number of times, and returns the
  ///     other tensors and the metadata, which are small.
  /// - Throws: What `body` throws, and `NNError` when the file cannot be written.
  package static func write(
    to path: String, rowsOf name: String, _ row: Shape, _ dtype: DType,
    _ body: (
      _ append: (HostTensor) throws(NNError) -> Void
    ) throws(NNError) -> SafeTensorsFile
  ) throws(NNError) {
    try AtomicFile.write(path: path) { (file) throws(NNError) in
      try file.write([UInt8](repeating: UInt8(ascii: " "), count: rowHeaderByteCount))
      var count = 0
      let rest = try body { (rows) throws(NNError) in
        precondition(
          rows.dtype == dtype && rows.shape.dimensions.dropFirst().elementsEqual(row.dimensions),
          "rows of another type or shape")
        try rows.withBytes { (bytes) throws(NNError) in try file.write(bytes) }
        count += rows.shape[0]
      }
      for (_, tensor) in rest.tensors {
        try tensor.withBytes { (bytes) throws(NNError) in try file.write(bytes) }
      }
      let header = header(
        of: [Description(name, dtype, Shape([count] + row.dimensions))]
          + rest.tensors.map { Description($0.name, $0.tensor) }, rest.metadata,
        byteCount: rowHeaderByteCount)
      precondition(header.count == rowHeaderByteCount, "the header has no room")
      try file.write(header, at: 0)
    }
  }
}
