import NNCore
import NNKernels

/// The weight gradient of a convolution: each cell's view of the framed pictures, multiplied with
/// the cotangent and summed over all places.
///
/// ∂weight[o, (c, tap)] = Σ ∂output[n, o, place] · frame[n, c, place + tap]
///
/// The cotangent is turned to [place, o], so that the lanes of a vector are output channels; the
/// sums come out as [(c, tap), o] and are turned back at the end.
struct WeightGradientPlan {
  /// The parts of the batch that are summed apart, then added in order.
  let partial: PartialSums
  private let dtype: DType
  private let groups: Int
  private let weight: Shape
  private let places: Size2D
  private let split: StripSplit
  private var layout: FrameLayout
  private let taps: [Size2D]

  init(
    _ geometry: ConvolutionGeometry, pictures: TensorType, cotangent: TensorType,
    weight: TensorType
  ) {
    dtype = weight.dtype
    groups = geometry.groups
    self.weight = weight.shape
    let kernel = Size2D(height: weight.shape[2], width: weight.shape[3])
    places = Size2D(height: cotangent.shape[2], width: cotangent.shape[3])
    taps = geometry.taps(kernel)
    let layout = geometry.frame(of: pictures.shape, kernel, places)
    split = StripSplit(
      images: pictures.shape[0], rows: places.height,
      multiplyAdds: cotangent.shape.elementCount.multipliedSaturating(
        by: weight.shape.dimensions.dropFirst().saturatingProduct),
      bytesPerRow: (layout.elementsPerRow + cotangent.shape[1] * places.width) * dtype.byteCount,
      limit: MatrixSplit.chunkLimit)
    self.layout = layout
    self.layout.rows = split.stripRows
    partial = PartialSums(
      parts: split.chunks, count: weight.shape.elementCount, dtype: weight.dtype)
  }

  /// Output channels of a group, and what each of them sums over.
  private var outer: Int { weight[0] / groups }
  private var terms: Int { weight[1] * taps.count }

  /// Pictures that are summed over at once, which spares reading the sums again for each.
  private var picturesAtOnce: Int {
    guard split.strips == 1 else { return 1 }
    return max(1, min(split.unitsPerChunk, Self.placesAtOnce / max(1, places.area)))
  }

  private static let placesAtOnce = 256

  private var frameStride: Int {
    layout.isPicture
      ? layout.channels * layout.picture.area : layout.elementCount.roundedUp(toMultipleOf: 16)
  }

  private var frameByteCount: Int {
    (layout.isPicture ? 0 : picturesAtOnce * frameStride * dtype.byteCount)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Elements of a group's turned cotangent, with room for what a vector reads behind its last row.
  private var turnedCount: Int {
    (picturesAtOnce * split.stripRows * places.width * outer + 16).roundedUp(toMultipleOf: 16)
  }

  private var workerByteCount: Int { frameByteCount + groups * turnedCount * dtype.byteCount }

  /// Bytes of the whole sums before they are turned back.
  private var sumByteCount: Int {
    (partial.count * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Scratch bytes.
  func scratchByteCount(workers: Int) -> Int {
    partial.scratchByteCount(workers: workers) + sumByteCount + workerByteCount * workers
  }

  /// Binds the work to memory.
  func kernel(
    of pictures: UnsafeMutableRawPointer, with cotangent: UnsafeMutableRawPointer,
    into target: UnsafeMutableRawPointer, _ context: KernelContext
  ) -> Kernel {
    let loops = context.loops
    let total = context.scratch + partial.scratchByteCount(workers: context.workers)
    let sums = partial.parts > 1 ? context.scratch : total
    let products = self.products(
      of: pictures, with: cotangent, into: sums, scratch: total + sumByteCount, loops)
    let added = partial.parts > 1 ? products.then(partial.kernel(into: total, context)) : products
    let extents = [groups, outer, terms].map(Int64.init)
    let strides = [outer * terms, 1, outer]
    return added.then(
      .elements(partial.count) { elements, _ in
        loops.pointee.copy_strided(
          target, total, 3, extents, strides, elements.lowerBound, elements.upperBound)
      })
  }

  /// Writes each part's sums [group, (c, tap), o], one part after another.
  private func products(
    of pictures: UnsafeMutableRawPointer, with cotangent: UnsafeMutableRawPointer,
    into sums: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) -> Kernel {
    let offsets = layout.offsets(channels: weight[1], taps: taps)
    // A strip's cotangent as [place, o]; the last strip may have fewer places.
    let turned = (
      extents: [Int64(split.stripRows * places.width), Int64(outer)], strides: [1, places.area]
    )
    let bytes = dtype.byteCount
    return .parallel(split.chunks) { part, worker in
      let own = scratch + worker * workerByteCount
      let target = own + frameByteCount
      let units = split.units(ofChunk: part)
      for first in stride(from: units.lowerBound, to: units.upperBound, by: picturesAtOnce) {
        let count = min(picturesAtOnce, units.upperBound - first)
        let rows = split.strip(first).rows
        let framed = frames(of: pictures, first, count, into: own, loops)
        turn(cotangent, first, count, as: turned, into: target, loops)
        var segments = nn_segments(
          count: count, rows: rows.count, length: places.width, stride: frameStride,
          pitch: layout.pitch)
        for group in 0..<groups {
          loops.pointee.product_shifted(
            sums + (part * partial.count + group * terms * outer) * bytes, outer,
            framed + group * weight[1] * layout.channelStride * bytes, offsets,
            target + group * turnedCount * bytes, outer, terms, outer, &segments,
            first > units.lowerBound)
        }
      }
    }
  }

  /// The frames of neighbouring strips.
  private func frames(
    of pictures: UnsafeMutableRawPointer, _ first: Int, _ count: Int,
    into scratch: UnsafeMutableRawPointer, _ loops: UnsafePointer<nn_kernels>
  ) -> UnsafeMutableRawPointer {
    func frame(_ unit: Int) -> UnsafeMutableRawPointer {
      let (image, rows) = split.strip(unit)
      return layout.frame(
        pictures + image * layout.channels * layout.picture.area * dtype.byteCount,
        fromRow: rows.lowerBound, into: scratch + (unit - first) * frameStride * dtype.byteCount,
        loops)
    }
    let start = frame(first)
    for unit in first + 1..<first + count { _ = frame(unit) }
    return start
  }

  /// The cotangent of neighbouring strips as [place, o], group by group.
  private func turn(
    _ cotangent: UnsafeMutableRawPointer, _ first: Int, _ count: Int,
    as view: (extents: [Int64], strides: [Int]), into target: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) {
    let bytes = dtype.byteCount
    for unit in first..<first + count {
      let (image, rows) = split.strip(unit)
      let elements = rows.count * places.width * outer
      let skipped = rows.lowerBound * places.width
      for group in 0..<groups {
        let start = (image * weight[0] + group * outer) * places.area + skipped
        loops.pointee.copy_strided(
          target + (group * turnedCount + (unit - first) * elements) * bytes,
          cotangent + start * bytes, 2, view.extents, view.strides, 0, elements)
      }
    }
  }
}
