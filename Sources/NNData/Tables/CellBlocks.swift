import NNCore

/// The cells of a table that is read into memory, in blocks until their number is known, so that none is
/// copied more than once.
struct CellBlocks {
  private var blocks: [[Double]] = []
  private var count = 0
  /// The table, in messages.
  let place: String
  /// How to use less memory; nil where nothing helps.
  let hint: String?

  init(at place: String, hint: String?) {
    self.place = place
    self.hint = hint
  }

  /// Adds cells.
  ///
  /// - Throws: `NNError` if the tensor of all cells so far, and a block, would take more memory than
  ///   there is.
  mutating func append(_ cells: [Double]) throws(NNError) {
    blocks.append(cells)
    count += cells.count
    try MemoryLimit.check(
      [count + TableSource.blockCellCount, 8].saturatingProduct, "the table in memory", at: place,
      hint: hint)
  }

  /// Takes the cells as one tensor.
  mutating func takeTensor(of shape: Shape) -> HostTensor {
    var tensor = HostTensor(zeros: shape, dtype: .float64)
    tensor.withMutableScalars(as: Double.self) { all in
      var start = 0
      for index in blocks.indices {
        start = all[start...].update(fromContentsOf: blocks[index])
        blocks[index] = []
      }
    }
    return tensor
  }
}
