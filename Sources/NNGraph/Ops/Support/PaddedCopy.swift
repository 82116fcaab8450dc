import NNKernels

/// Copies a strided view of a matrix into wider rows, padded with zeros on the right.
struct PaddedCopy {
  private let pitch: Int
  private let elementSize: Int
  private let extents: [Int64]
  private let strides: [Int]
  private let rowExtent: [Int64]
  private let rowStride: [Int]

  /// - Parameters:
  ///   - strides: The view's strides in elements, between rows and between columns.
  ///   - pitch: The row stride of the copy in elements, at least `columns`.
  init(
    rows: Int, columns: Int, strides: (row: Int, column: Int), pitch: Int, elementSize: Int
  ) {
    self.pitch = pitch
    self.elementSize = elementSize
    extents = [Int64(rows), Int64(columns)]
    self.strides = [strides.row, strides.column]
    rowExtent = [Int64(columns)]
    rowStride = [strides.column]
  }

  /// Copies all rows, without allocating.
  func run(
    from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) {
    let (rows, columns) = (Int(extents[0]), Int(extents[1]))
    if columns == pitch {
      loops.pointee.copy_strided(target, source, 2, extents, strides, 0, rows * columns)
      return
    }
    target.initializeMemory(as: UInt8.self, repeating: 0, count: rows * pitch * elementSize)
    for row in 0..<rows {
      loops.pointee.copy_strided(
        target + row * pitch * elementSize, source + row * strides[0] * elementSize, 1, rowExtent,
        rowStride, 0, columns)
    }
  }
}
