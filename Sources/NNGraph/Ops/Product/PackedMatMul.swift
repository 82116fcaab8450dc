import NNCore
import NNKernels

/// The product of a matrix [.., k], whose leading axes count as rows, and a packed matrix [k, n].
struct PackedMatMul: KernelOp {
  static let name = "packedMatMul"
  /// n
  let columns: Int

  var attributes: Attributes { ["columns": .int(columns)] }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType(inputs[0].shape.replacing(axis: -1, with: columns), inputs[0].dtype)]
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
    let cut = Self.cut(m: m, matrix)
    return .parallel(cut.blocks * cut.groups) { chunk, worker in
      let (group, block) = chunk.quotientAndRemainder(dividingBy: cut.blocks)
      let rows = min(m, block * cut.rows)..<min(m, (block + 1) * cut.rows)
      let panels =
        min(matrix.panels, group * cut.panels)..<min(matrix.panels, (group + 1) * cut.panels)
      guard !rows.isEmpty, !panels.isEmpty else { return }
      var a = nn_left_matrix(
        address: left.address + rows.lowerBound * k * bytes, row_stride: k, column_stride: 1)
      for panel in panels {
        let columns = matrix.columns(ofPanel: panel)
        var b = nn_right_matrix(
          address: right.address + panel * matrix.panelCount * bytes,
          row_stride: PackedMatrix.width, has_room: true)
        loops.pointee.product(
          output.address + (rows.lowerBound * self.columns + columns.lowerBound) * bytes,
          self.columns, &a, &b, rows.count, columns.count, k, false)
      }
      guard let epilogue else { return }
      let first = matrix.columns(ofPanel: panels.lowerBound).lowerBound
      let width = matrix.columns(ofPanel: panels.upperBound - 1).upperBound - first
      let start = rows.lowerBound * self.columns + first
      // Whole rows are one range, which is faster than many short ones.
      if width == self.columns {
        epilogue(start..<start + rows.count * width, worker: worker)
      } else {
        epilogue(
          start..<start + width, times: rows.count, stride: self.columns, worker: worker)
      }
    }
  }

  /// The split into blocks of rows and groups of panels; a chunk is one block with one group.
  private static func cut(
    m: Int, _ matrix: PackedMatrix
  ) -> (blocks: Int, rows: Int, groups: Int, panels: Int) {
    let work = m * matrix.rows * matrix.columns
    let wanted = max(1, min(MatrixSplit.chunkLimit, work / MatrixSplit.chunkWork))
    // With few rows, panels are most of what is read; each is read by one thread.
    let blocks = max((m + cachedRows - 1) / cachedRows, min(wanted, m / 64), 1)
    let groups = blocks == 1 ? matrix.panels : min(matrix.panels, (wanted + blocks - 1) / blocks)
    return (
      blocks, ((m + blocks - 1) / blocks).roundedUp(toMultipleOf: 8), groups,
      (matrix.panels + groups - 1) / groups
    )
  }

  /// Rows of the left side and of the result that fit the L2 cache together with a panel.
  private static let cachedRows = 128
}

extension MatMul {
  /// The matrix product with a packed right side; nil unless the right side is constant across
  /// runs, so that packing it costs nothing per run, and there are enough rows for whole tiles.
  func packed(_ inputs: [Value], isInvariant: [Bool]) -> Value? {
    let (left, right) = (inputs[0], inputs[1])
    guard !transposeA, right.shape.rank == 2, !isInvariant[0], isInvariant[1] else { return nil }
    let (k, n) = (right.shape[transposeB ? 1 : 0], right.shape[transposeB ? 0 : 1])
    guard k >= 16, left.shape.elementCount / k >= 8, n >= 16 else { return nil }
    return left.packedMatMul(right.packedMatrix(isTransposed: transposeB), columns: n)
  }
}

extension Value {
  /// The product of this matrix [.., k] and a packed matrix [k, `columns`].
  package func packedMatMul(_ panels: Value, columns: Int) -> Value {
    PackedMatMul(columns: columns).apply(self, panels)
  }
}
