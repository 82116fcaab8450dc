import NNCore
import NNKernels

/// The input gradient of a convolution as direct convolutions of the padded cotangent.
///
/// ∂input[c, y, x] = Σ weight[o, c, i, j] · ∂output[o, (y + top − i·dilation) / stride, …] over the
/// kernel elements (i, j) for which both divisions have no remainder. All input elements whose row
/// and column have the same remainders modulo the stride use the same kernel elements: they form
/// one pass.
struct InputGradientPlan {
  /// The convolution with the weights that `exchange` writes.
  let convolution: DirectConvolution
  private let groups: Int
  private let weight: Shape
  private let dtype: DType
  private let rows: [KernelElements]
  private let columns: [KernelElements]

  init(
    _ geometry: ConvolutionGeometry, cotangent: TensorType, weight: TensorType,
    input: TensorType
  ) {
    groups = geometry.groups
    self.weight = weight.shape
    dtype = weight.dtype
    let result = Size2D(height: input.shape[2], width: input.shape[3])
    let stride = geometry.stride
    rows = KernelElements.all(
      of: weight.shape[2], stride: stride.height, dilation: geometry.dilation.height,
      before: geometry.padding.top, result: result.height)
    columns = KernelElements.all(
      of: weight.shape[3], stride: stride.width, dilation: geometry.dilation.width,
      before: geometry.padding.left, result: result.width)
    let top = KernelElements.padding(rows)
    let left = KernelElements.padding(columns)
    let (below, right) = (top + KernelElements.reach(rows), left + KernelElements.reach(columns))
    let layout = PaddedInputLayout(
      channels: cotangent.shape[1],
      imageSize: Size2D(height: cotangent.shape[2], width: cotangent.shape[3]), top: top,
      left: left,
      size: Size2D(
        height: (result.height + stride.height - 1) / stride.height + below,
        width: (result.width + stride.width - 1) / stride.width + right),
      overhang: below)
    var passes: [DirectConvolution.Pass] = []
    var weightOffset = 0
    for row in rows {
      for column in columns {
        passes.append(
          .init(
            first: Size2D(height: row.remainder, width: column.remainder),
            kernelOffsets: row.shifts.flatMap { y in
              column.shifts.map { Size2D(height: top + y, width: left + $0) }
            }, weightOffset: weightOffset))
        weightOffset += weight.shape[0] * weight.shape[1] * row.shifts.count * column.shifts.count
      }
    }
    convolution = DirectConvolution(
      dtype, images: input.shape[0], groups: groups, channels: input.shape[1],
      result: result, step: stride, passes: passes,
      multiplyAdds: cotangent.shape.elementCount.multipliedSaturating(
        by: weight.shape.dimensions.dropFirst().saturatingProduct),
      layout: layout)
  }

  /// Bytes of the rearranged weights.
  var weightByteCount: Int {
    (weight.elementCount * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Writes each pass's weights as matrices [C/groups, (O/groups, kernel elements)].
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

  /// Along one axis, the kernel elements that contribute to input elements with one remainder
  /// modulo the stride.
  private struct KernelElements {
    let remainder: Int
    /// The first kernel element, and the distance to the next.
    let first: Int
    let step: Int
    /// The index of the cotangent's element for each kernel element, relative to the position.
    let shifts: [Int]

    static func all(
      of count: Int, stride: Int, dilation: Int, before: Int, result: Int
    ) -> [KernelElements] {
      (0..<min(stride, result)).map { remainder in
        let meeting = (0..<count).filter { (remainder + before - $0 * dilation) % stride == 0 }
        return KernelElements(
          remainder: remainder, first: meeting.first ?? 0,
          step: meeting.count > 1 ? meeting[1] - meeting[0] : 1,
          shifts: meeting.map { (remainder + before - $0 * dilation) / stride })
      }
    }

    /// The number of zeros before the cotangent's first element.
    static func padding(_ all: [KernelElements]) -> Int {
      max(0, -(all.flatMap(\.shifts).min() ?? 0))
    }

    /// The largest shift.
    static func reach(_ all: [KernelElements]) -> Int { all.flatMap(\.shifts).max() ?? 0 }
  }
}
