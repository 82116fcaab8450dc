import NNCore
import NNKernels

/// Packs the right side of a matrix product into panels, from [rows, columns] or its transpose.
struct PackMatrix: KernelOp {
  static let name = "packMatrix"
  let isTransposed: Bool

  var attributes: Attributes { ["transposed": .bool(isTransposed)] }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([matrix(inputs[0].shape).elementCount], inputs[0].dtype)]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let matrix = matrix(source.type.shape)
    let loops = context.loops
    let bytes = source.type.dtype.byteCount
    let strides = isTransposed ? (row: 1, column: matrix.rows) : (row: matrix.columns, column: 1)
    return .elements(matrix.panels, grain: 1) { panels, _ in
      for panel in panels {
        let columns = matrix.columns(ofPanel: panel)
        PaddedCopy(
          rows: matrix.rows, columns: columns.count, strides: strides, pitch: PackedMatrix.width,
          elementSize: bytes
        ).run(
          from: source.address + columns.lowerBound * strides.column * bytes,
          to: target.address + panel * matrix.panelCount * bytes, loops)
      }
    }
  }

  private func matrix(_ shape: Shape) -> PackedMatrix {
    isTransposed
      ? PackedMatrix(rows: shape[1], columns: shape[0])
      : PackedMatrix(rows: shape[0], columns: shape[1])
  }
}

extension Value {
  /// This right side of a matrix product packed into panels.
  ///
  /// - Parameter isTransposed: Whether this value is the transpose of the right side.
  package func packedMatrix(isTransposed: Bool) -> Value {
    PackMatrix(isTransposed: isTransposed).apply(self)
  }
}
