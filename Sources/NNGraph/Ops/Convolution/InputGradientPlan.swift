import NNCore
import NNKernels

/// The input gradient of a convolution as sliding products over the framed cotangent.
///
/// ∂pictures[c, y, x] = Σ weight[o, c, i, j] · ∂output[o, (y + top − i·dilation) / stride, …] over
/// the cells (i, j) for which both divisions have no remainder. All elements whose row and column
/// leave the same remainders by the stride meet the same cells: they are one pass.
struct InputGradientPlan {
  /// The products, for weights that `exchange` has written.
  let product: SlidingProduct
  private let groups: Int
  private let weight: Shape
  private let dtype: DType
  private let rows: [Cells]
  private let columns: [Cells]

  init(
    _ geometry: ConvolutionGeometry, cotangent: TensorType, weight: TensorType,
    pictures: TensorType
  ) {
    groups = geometry.groups
    self.weight = weight.shape
    dtype = weight.dtype
    let result = Size2D(height: pictures.shape[2], width: pictures.shape[3])
    let stride = geometry.stride
    rows = Cells.all(
      of: weight.shape[2], stride: stride.height, dilation: geometry.dilation.height,
      before: geometry.padding.top, result: result.height)
    columns = Cells.all(
      of: weight.shape[3], stride: stride.width, dilation: geometry.dilation.width,
      before: geometry.padding.left, result: result.width)
    let top = Cells.padding(rows)
    let left = Cells.padding(columns)
    let (below, beside) = (top + Cells.reach(rows), left + Cells.reach(columns))
    let layout = FrameLayout(
      channels: cotangent.shape[1],
      picture: Size2D(height: cotangent.shape[2], width: cotangent.shape[3]), top: top, left: left,
      size: Size2D(
        height: (result.height + stride.height - 1) / stride.height + below,
        width: (result.width + stride.width - 1) / stride.width + beside),
      overhang: below)
    var passes: [SlidingProduct.Pass] = []
    var weightOffset = 0
    for row in rows {
      for column in columns {
        passes.append(
          .init(
            first: Size2D(height: row.remainder, width: column.remainder),
            taps: row.shifts.flatMap { y in
              column.shifts.map { Size2D(height: top + y, width: left + $0) }
            }, weightOffset: weightOffset))
        weightOffset += weight.shape[0] * weight.shape[1] * row.shifts.count * column.shifts.count
      }
    }
    product = SlidingProduct(
      dtype, images: pictures.shape[0], groups: groups, channels: pictures.shape[1],
      result: result, step: stride, passes: passes,
      multiplyAdds: cotangent.shape.elementCount.multipliedSaturating(
        by: weight.shape.dimensions.dropFirst().saturatingProduct),
      layout: layout)
  }

  /// Bytes of the exchanged weights.
  var weightByteCount: Int {
    (weight.elementCount * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Writes each pass's weights as matrices [C/groups, (O/groups, cells)].
  func exchange(
    _ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) -> Kernel {
    let (outer, inner) = (weight[0] / groups, weight[1])
    let area = weight[2] * weight[3]
    var kernel = Kernel.nothing
    var offset = 0
    for row in rows {
      for column in columns {
        let extents = [groups, inner, outer, row.shifts.count, column.shifts.count]
        let strides = [
          outer * inner * area, area, inner * area, row.step * weight[3], column.step,
        ]
        let from = source + (row.first * weight[3] + column.first) * dtype.byteCount
        let to = target + offset * dtype.byteCount
        let count = extents.reduce(1, *)
        offset += count
        guard count > 0 else { continue }
        let view = (extents.map(Int64.init), strides)
        kernel = kernel.then(
          .elements(count) { elements, _ in
            loops.pointee.copy_strided(
              to, from, Int32(view.0.count), view.0, view.1, elements.lowerBound,
              elements.upperBound)
          })
      }
    }
    return kernel
  }

  /// Along one axis, the kernel's cells that meet the elements with one remainder by the stride.
  private struct Cells {
    let remainder: Int
    /// The first cell, and the distance to the next.
    let first: Int
    let step: Int
    /// Which element of the cotangent each cell meets, relative to the place.
    let shifts: [Int]

    static func all(
      of cells: Int, stride: Int, dilation: Int, before: Int, result: Int
    ) -> [Cells] {
      (0..<min(stride, result)).map { remainder in
        let meeting = (0..<cells).filter { (remainder + before - $0 * dilation) % stride == 0 }
        return Cells(
          remainder: remainder, first: meeting.first ?? 0,
          step: meeting.count > 1 ? meeting[1] - meeting[0] : 1,
          shifts: meeting.map { (remainder + before - $0 * dilation) / stride })
      }
    }

    /// Zeros that are needed before the cotangent's first element.
    static func padding(_ all: [Cells]) -> Int { max(0, -(all.flatMap(\.shifts).min() ?? 0)) }

    /// The farthest element that any place meets behind its own.
    static func reach(_ all: [Cells]) -> Int { all.flatMap(\.shifts).max() ?? 0 }
  }
}
