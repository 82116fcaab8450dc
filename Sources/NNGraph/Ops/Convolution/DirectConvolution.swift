import NNCore
import NNKernels

/// Direct convolution, as a GEMM of the weights with shifted views of the padded input:
///
/// result[n, o, y, x] = Σ weight[o, (c, k)] · padded[n, c, (y, x) + offset(k)]
///
/// over the channels c and the kernel elements k. A convolution is one pass. Its input gradient is
/// one pass for each remainder of row and column modulo the stride, since each remainder uses
/// different kernel elements.
struct DirectConvolution {
  /// The elements of the result with one remainder of row and column, and the kernel elements that
  /// they sum over.
  struct Pass {
    /// The remainders.
    let first: Size2D
    /// The positions of the kernel's elements in the padded input, for the first output position.
    let kernelOffsets: [Size2D]
    /// The offset of this pass's weights: for each group a matrix [O/groups, C/groups · kernel
    /// elements].
    let weightOffset: Int
  }

  private let dtype: DType
  private let images: Int
  private let groups: Int
  private var layout: PaddedInputLayout
  private let channels: Int
  private let result: Size2D
  /// The distance between the elements of one pass.
  private let step: Size2D
  private let passes: [Pass]
  private let split: RowBlockSplit

  /// - Parameters:
  ///   - channels: The channels of the result.
  ///   - multiplyAdds: The multiply–accumulates of all passes.
  ///   - layout: The layout of the padded input for all output rows.
  init(
    _ dtype: DType, images: Int, groups: Int, channels: Int, result: Size2D, step: Size2D = 1,
    passes: [Pass], multiplyAdds: Int, layout: PaddedInputLayout
  ) {
    self.dtype = dtype
    self.images = images
    self.groups = groups
    self.channels = channels
    self.result = result
    self.step = step
    self.passes = passes
    let height = (result.height + step.height - 1) / step.height
    let flat = Self.writesResultDirectly(layout, result, step: step) ? 0 : channels * layout.pitch
    split = RowBlockSplit(
      images: images, rows: height, multiplyAdds: multiplyAdds,
      bytesPerRow: (layout.elementsPerRow + flat) * dtype.byteCount)
    self.layout = layout
    self.layout.rows = split.blockRows
  }

  /// Whether sums are written straight into the result: where rows have the same stride in the
  /// padded input as in the result, or where they nearly fill vectors of 16. Otherwise several rows
  /// are computed as one long row, including the elements between them, and then copied.
  private static func writesResultDirectly(
    _ layout: PaddedInputLayout, _ result: Size2D, step: Size2D
  ) -> Bool {
    guard step == 1 else { return false }
    let filled = result.width.roundedUp(toMultipleOf: 16)
    return layout.pitch == result.width
      || 7 * filled <= 8 * result.width && (result.width == filled || !layout.readsInPlace)
  }

  private var writesResultDirectly: Bool { Self.writesResultDirectly(layout, result, step: step) }

  /// The channel stride of a block's result in scratch memory, in elements.
  private var planeStride: Int {
    let width = (result.width + step.width - 1) / step.width
    return length(ofRows: split.blockRows, width: width).roundedUp(toMultipleOf: 16)
  }

  /// The number of elements of `rows` rows that are computed as one.
  ///
  /// A row may be wider than the pitch: with padding as wide as the kernel, positions whose window
  /// lies in the padding after a row coincide with those before the next row.
  private func length(ofRows rows: Int, width: Int) -> Int { (rows - 1) * layout.pitch + width }

  private var paddedByteCount: Int {
    (layout.elementCount * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Scratch bytes of one worker.
  var scratchByteCount: Int {
    paddedByteCount
      + (writesResultDirectly ? 0 : channels * planeStride * dtype.byteCount)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Binds the work to memory.
  ///
  /// - Parameter scratch: `scratchByteCount` bytes for each worker.
  func kernel(
    of input: UnsafeMutableRawPointer, with weights: UnsafeMutableRawPointer,
    into output: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
    _ context: KernelContext
  ) -> Kernel {
    let loops = context.loops
    let epilogue = context.epilogue
    let bytes = dtype.byteCount
    let bound = passes.map {
      BoundPass(
        $0,
        offsets: layout.offsets(
          channels: layout.channels / groups, kernelOffsets: $0.kernelOffsets),
        size: Size2D(
          height: (result.height - $0.first.height + step.height - 1) / step.height,
          width: (result.width - $0.first.width + step.width - 1) / step.width))
    }
    return split.kernel { image, rows, worker in
      let own = scratch + worker * scratchByteCount
      let padded = layout.paddedInput(
        input + image * layout.channels * layout.imageSize.area * bytes,
        fromRow: rows.lowerBound, into: own, loops)
      let planes = output + image * channels * result.area * bytes
      for pass in bound {
        run(pass, rows, padded, weights, flat: own + paddedByteCount, planes, loops)
      }
      epilogue?.finish(
        rows: rows.scaled(by: step.height, upTo: result.height), of: result, planes: channels,
        from: image * channels * result.area, worker: worker)
    }
  }

  private struct BoundPass {
    let pass: Pass
    let offsets: [Int32]
    /// The numbers of rows and columns of the result that belong to the pass.
    let size: Size2D

    init(_ pass: Pass, offsets: [Int32], size: Size2D) {
      self.pass = pass
      self.offsets = offsets
      self.size = size
    }
  }

  /// Computes one block of one image for one pass.
  private func run(
    _ bound: BoundPass, _ rows: Range<Int>, _ padded: UnsafeMutableRawPointer,
    _ weights: UnsafeMutableRawPointer, flat: UnsafeMutableRawPointer,
    _ planes: UnsafeMutableRawPointer, _ loops: UnsafePointer<nn_kernels>
  ) {
    let count = min(rows.upperBound, bound.size.height) - rows.lowerBound
    guard count > 0, bound.size.width > 0 else { return }
    let bytes = dtype.byteCount
    let terms = bound.offsets.count
    let (inner, outer) = (layout.channels / groups, channels / groups)
    var columns = nn_columns(
      rows: count, length: bound.size.width, pitch: layout.pitch, has_room: !layout.readsInPlace)
    if !writesResultDirectly || layout.pitch == result.width {
      columns.rows = 1
      columns.length = length(ofRows: count, width: bound.size.width)
    }
    // Whole vectors are faster where the memory allows them.
    if !writesResultDirectly, columns.has_room {
      columns.length = columns.length.roundedUp(toMultipleOf: 16)
    }
    let stride = writesResultDirectly ? result.area : planeStride
    let target = writesResultDirectly ? planes + rows.lowerBound * result.width * bytes : flat
    for group in 0..<groups {
      var left = nn_left_matrix(
        address: weights + (bound.pass.weightOffset + group * outer * terms) * bytes,
        row_stride: terms, column_stride: 1)
      loops.pointee.product_overlapping(
        target + group * outer * stride * bytes, stride, &left,
        padded + group * inner * layout.channelStride * bytes, bound.offsets, outer, &columns,
        terms, false)
    }
    guard !writesResultDirectly else { return }
    var grid = nn_grid(
      channels: Int64(channels), height: Int64(result.height), width: Int64(result.width),
      rows: Int64(count), columns: Int64(bound.size.width), plane: Int64(stride),
      pitch: Int64(layout.pitch),
      first_y: Int64(rows.lowerBound * step.height + bound.pass.first.height),
      first_x: Int64(bound.pass.first.width), stride_y: Int64(step.height),
      stride_x: Int64(step.width))
    loops.pointee.unpad_image(planes, flat, &grid)
  }
}
