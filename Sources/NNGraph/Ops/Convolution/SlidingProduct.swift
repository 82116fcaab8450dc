import NNCore
import NNKernels

/// A product with every view of framed pictures under a window:
///
/// result[n, o, y, x] = Σ weight[o, (c, tap)] · frame[n, c, (y, x) + tap]
///
/// A convolution is one pass of this. Its input gradient is one pass for each remainder of row and
/// column by the stride, since each remainder meets cells of the kernel of its own.
struct SlidingProduct {
  /// The elements of the result with one remainder of row and column, and what they sum over.
  struct Pass {
    /// The remainders.
    let first: Size2D
    /// Where the window's cells lie in the padded picture, for the first place.
    let taps: [Size2D]
    /// Elements of the weights before this pass's matrices [O/groups, C/groups · taps], a group
    /// after another.
    let weightOffset: Int
  }

  private let dtype: DType
  private let images: Int
  private let groups: Int
  private var layout: FrameLayout
  private let channels: Int
  private let result: Size2D
  /// Between the elements of one pass.
  private let step: Size2D
  private let passes: [Pass]
  private let split: StripSplit

  /// - Parameters:
  ///   - layout: The frame for all rows of places.
  ///   - channels: Of the result.
  ///   - multiplyAdds: Of the whole work.
  init(
    _ dtype: DType, images: Int, groups: Int, channels: Int, result: Size2D, step: Size2D = 1,
    passes: [Pass], multiplyAdds: Int, layout: FrameLayout
  ) {
    self.dtype = dtype
    self.images = images
    self.groups = groups
    self.channels = channels
    self.result = result
    self.step = step
    self.passes = passes
    let height = (result.height + step.height - 1) / step.height
    let flat = Self.isDirect(layout, result, step: step) ? 0 : channels * layout.pitch
    split = StripSplit(
      images: images, rows: height, multiplyAdds: multiplyAdds,
      bytesPerRow: (layout.elementsPerRow + flat) * dtype.byteCount)
    self.layout = layout
    self.layout.rows = split.stripRows
  }

  /// Whether products are written where they belong: where rows lie in the frame as in the result,
  /// or where they nearly fill vectors of 16. Other rows are computed as one, together with what
  /// lies between them.
  private static func isDirect(_ layout: FrameLayout, _ result: Size2D, step: Size2D) -> Bool {
    guard step == 1 else { return false }
    let filled = result.width.roundedUp(toMultipleOf: 16)
    return layout.pitch == result.width
      || 7 * filled <= 8 * result.width && (result.width == filled || !layout.isPicture)
  }

  private var isDirect: Bool { Self.isDirect(layout, result, step: step) }

  /// Elements between the channels of a strip's result in scratch memory.
  private var planeStride: Int {
    let width = (result.width + step.width - 1) / step.width
    return length(ofRows: split.stripRows, width: width).roundedUp(toMultipleOf: 16)
  }

  /// Elements from the first to the last of `rows` rows that are computed as one.
  ///
  /// A row may be wider than the pitch: with padding as wide as the kernel, places whose window
  /// lies in the padding after a row are those before the next.
  private func length(ofRows rows: Int, width: Int) -> Int { (rows - 1) * layout.pitch + width }

  private var frameByteCount: Int {
    (layout.elementCount * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Scratch bytes of one worker.
  var scratchByteCount: Int {
    frameByteCount
      + (isDirect ? 0 : channels * planeStride * dtype.byteCount)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Binds the work to memory.
  ///
  /// - Parameter scratch: `scratchByteCount` bytes for each worker.
  func kernel(
    of pictures: UnsafeMutableRawPointer, with weights: UnsafeMutableRawPointer,
    into output: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
    _ context: KernelContext
  ) -> Kernel {
    let loops = context.loops
    let epilogue = context.epilogue
    let bytes = dtype.byteCount
    let bound = passes.map {
      BoundPass(
        $0, offsets: layout.offsets(channels: layout.channels / groups, taps: $0.taps),
        size: Size2D(
          height: (result.height - $0.first.height + step.height - 1) / step.height,
          width: (result.width - $0.first.width + step.width - 1) / step.width))
    }
    return split.kernel { image, rows, worker in
      let own = scratch + worker * scratchByteCount
      let framed = layout.frame(
        pictures + image * layout.channels * layout.picture.area * bytes,
        fromRow: rows.lowerBound, into: own, loops)
      let planes = output + image * channels * result.area * bytes
      for pass in bound {
        run(pass, rows, framed, weights, flat: own + frameByteCount, planes, loops)
      }
      epilogue?.finish(
        rows: rows.scaled(by: step.height, upTo: result.height), of: result, planes: channels,
        from: image * channels * result.area, worker: worker)
    }
  }

  private struct BoundPass {
    let pass: Pass
    let offsets: [Int32]
    /// Rows and columns of the result that belong to the pass.
    let size: Size2D

    init(_ pass: Pass, offsets: [Int32], size: Size2D) {
      self.pass = pass
      self.offsets = offsets
      self.size = size
    }
  }

  /// One strip of one picture, of one pass.
  private func run(
    _ bound: BoundPass, _ rows: Range<Int>, _ framed: UnsafeMutableRawPointer,
    _ weights: UnsafeMutableRawPointer, flat: UnsafeMutableRawPointer,
    _ planes: UnsafeMutableRawPointer, _ loops: UnsafePointer<nn_kernels>
  ) {
    let count = min(rows.upperBound, bound.size.height) - rows.lowerBound
    guard count > 0, bound.size.width > 0 else { return }
    let bytes = dtype.byteCount
    let terms = bound.offsets.count
    let (inner, outer) = (layout.channels / groups, channels / groups)
    var columns = nn_columns(
      rows: count, length: bound.size.width, pitch: layout.pitch, has_room: !layout.isPicture)
    if !isDirect || layout.pitch == result.width {
      columns.rows = 1
      columns.length = length(ofRows: count, width: bound.size.width)
    }
    // Whole vectors are faster, where there is room for them.
    if !isDirect, columns.has_room { columns.length = columns.length.roundedUp(toMultipleOf: 16) }
    let stride = isDirect ? result.area : planeStride
    let target = isDirect ? planes + rows.lowerBound * result.width * bytes : flat
    for group in 0..<groups {
      var left = nn_left_matrix(
        address: weights + (bound.pass.weightOffset + group * outer * terms) * bytes,
        row_stride: terms, column_stride: 1)
      loops.pointee.product_overlapping(
        target + group * outer * stride * bytes, stride, &left,
        framed + group * inner * layout.channelStride * bytes, bound.offsets, outer, &columns,
        terms, false)
    }
    guard !isDirect else { return }
    var grid = nn_grid(
      channels: Int64(channels), height: Int64(result.height), width: Int64(result.width),
      rows: Int64(count), columns: Int64(bound.size.width), plane: Int64(stride),
      pitch: Int64(layout.pitch),
      first_y: Int64(rows.lowerBound * step.height + bound.pass.first.height),
      first_x: Int64(bound.pass.first.width), stride_y: Int64(step.height),
      stride_x: Int64(step.width))
    loops.pointee.unframe(planes, flat, &grid)
  }
}
