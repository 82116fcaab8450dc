import NNCore
import NNKernels

/// The right side of a product in panels, from [rows, columns] or its transpose.
struct PackMatrix: Op {
  static let name = "packMatrix"
  let isTransposed: Bool

  var attributes: String { isTransposed ? "transposed" : "" }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([matrix(inputs[0].shape).elementCount], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    preconditionFailure("the plan chooses algorithms after differentiation")
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let matrix = matrix(source.type.shape)
    let loops = context.loops
    let bytes = source.type.dtype.byteCount
    let width = PackedMatrix.width
    let (rowStride, columnStride) = isTransposed ? (1, matrix.rows) : (matrix.columns, 1)
    return .elements(matrix.panels, grain: 1) { panels, _ in
      for panel in panels {
        let columns = matrix.columns(ofPanel: panel)
        let from = source.address + columns.lowerBound * columnStride * bytes
        let to = target.address + panel * matrix.panelCount * bytes
        if columns.count == width {
          loops.pointee.copy_strided(
            to, from, 2, [Int64(matrix.rows), Int64(width)], [rowStride, columnStride], 0,
            matrix.panelCount)
          continue
        }
        to.initializeMemory(as: UInt8.self, repeating: 0, count: matrix.panelCount * bytes)
        for row in 0..<matrix.rows {
          loops.pointee.copy_strided(
            to + row * width * bytes, from + row * rowStride * bytes, 1, [Int64(columns.count)],
            [columnStride], 0, columns.count)
        }
      }
    }
  }

  private func matrix(_ shape: Shape) -> PackedMatrix {
    isTransposed
      ? PackedMatrix(rows: shape[1], columns: shape[0])
      : PackedMatrix(rows: shape[0], columns: shape[1])
  }
}
