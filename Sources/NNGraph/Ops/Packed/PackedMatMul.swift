import NNCore
import NNKernels

/// The product of a matrix [.., k], whose leading axes count as rows, with one [k, n] that lies in panels.
struct PackedMatMul: Op {
  static let name = "packedMatMul"
  /// n
  let columns: Int

  var attributes: String { "\(columns) columns" }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType(inputs[0].shape.replacing(axis: -1, with: columns), inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    preconditionFailure("the plan chooses algorithms after differentiation")
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[0].shape.elementCount * columns
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (left, right, output) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let k = left.type.shape[-1]
    let m = left.type.shape.elementCount / k
    let matrix = PackedMatrix(rows: k, columns: columns)
    let loops = context.loops
    let epilogue = context.epilogue
    let bytes = output.type.dtype.byteCount
    let blocks = Self.rowBlocks(m: m, matrix)
    let extent = (m + blocks - 1) / blocks
    return .parallel(blocks * matrix.panels) { chunk, worker in
      let (panel, block) = chunk.quotientAndRemainder(dividingBy: blocks)
      let rows = min(m, block * extent)..<min(m, (block + 1) * extent)
      let columns = matrix.columns(ofPanel: panel)
      guard !rows.isEmpty else { return }
      var a = nn_left_matrix(
        address: left.address + rows.lowerBound * k * bytes, row_stride: k, column_stride: 1)
      var b = nn_right_matrix(
        address: right.address + panel * matrix.panelCount * bytes, row_stride: PackedMatrix.width,
        has_room: true)
      let start = rows.lowerBound * self.columns + columns.lowerBound
      loops.pointee.product(
        output.address + start * bytes, self.columns, &a, &b, rows.count, columns.count, k, false)
      epilogue?(
        start..<start + columns.count, times: rows.count, stride: self.columns, worker: worker)
    }
  }

  /// Parts of the rows, so that there are chunks for several threads.
  private static func rowBlocks(m: Int, _ matrix: PackedMatrix) -> Int {
    let work = m * matrix.rows * matrix.columns
    let wanted = max(1, min(MatrixSplit.chunkLimit, work / MatrixSplit.chunkWork))
    let blocks = (wanted + matrix.panels - 1) / matrix.panels
    return max((m + cachedRows - 1) / cachedRows, min(blocks, max(1, m / 16)))
  }

  /// Rows of the left side that stay in the second-level cache with a panel.
  private static let cachedRows = 256
}

extension MatMul {
  /// The product through panels, where the right side stays from run to run, so that packing it
  /// costs nothing, and there are enough rows for whole tiles.
  func packed(_ inputs: [Value], lasting: [Bool]) -> Value? {
    let (left, right) = (inputs[0], inputs[1])
    guard !transposeA, right.shape.rank == 2, !lasting[0], lasting[1] else { return nil }
    let (k, n) = (right.shape[transposeB ? 1 : 0], right.shape[transposeB ? 0 : 1])
    guard k >= 16, left.shape.elementCount / k >= 8, n >= 16 else { return nil }
    let panels = PackMatrix(isTransposed: transposeB).apply(right)
    return PackedMatMul(columns: n).apply(left, panels)
  }
}
