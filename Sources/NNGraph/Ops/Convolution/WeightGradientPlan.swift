import NNCore
import NNKernels

/// The weight gradient of a convolution: each cell's product of the cotangent with the view of the
/// framed pictures under that cell, summed along both.
///
/// ∂weight[o, (c, tap)] = Σ ∂output[n, o, place] · frame[n, c, place + tap]
///
/// Rows of whole vectors are read where they lie. Shorter ones are framed with the pitch of the
/// pictures, so that all rows are one; where rows of that frame overlap, the cotangent is 0.
struct WeightGradientPlan {
  /// The parts of the batch that are summed apart, then added in order.
  let partial: PartialSums
  private let dtype: DType
  private let groups: Int
  private let weight: Shape
  private let places: Size2D
  private let split: StripSplit
  private let pictures: FrameLayout
  private let cotangent: FrameLayout
  private let taps: [Size2D]

  init(
    _ geometry: ConvolutionGeometry, pictures: TensorType, cotangent: TensorType,
    weight: TensorType
  ) {
    dtype = weight.dtype
    groups = geometry.groups
    self.weight = weight.shape
    let kernel = Size2D(height: weight.shape[2], width: weight.shape[3])
    let places = Size2D(height: cotangent.shape[2], width: cotangent.shape[3])
    let layout = geometry.frame(of: pictures.shape, kernel, places)
    let channels = cotangent.shape[1]
    self.places = places
    taps = geometry.taps(kernel)
    split = StripSplit(
      images: pictures.shape[0], rows: places.height,
      multiplyAdds: cotangent.shape.elementCount * weight.shape.dimensions.dropFirst().reduce(1, *),
      bytesPerRow: (layout.elementsPerRow + channels * layout.pitch) * dtype.byteCount,
      limit: MatrixSplit.chunkLimit)
    self.pictures = FrameLayout(layout, rows: split.stripRows, overhang: layout.overhang)
    self.cotangent = FrameLayout(
      channels: channels, picture: places,
      size: Size2D(
        height: places.height, width: places.width % 16 == 0 ? places.width : layout.pitch),
      overhang: 0, rows: split.stripRows)
    partial = PartialSums(
      parts: split.chunks, count: weight.shape.elementCount, dtype: weight.dtype)
  }

  /// Frames that are summed over at once: as many as the second-level cache holds, since sums along
  /// the lanes of a vector are folded once for all of them.
  private var framesAtOnce: Int {
    guard split.strips == 1 else { return 1 }
    let bytes = (pictures.elementCount + cotangent.elementCount) * dtype.byteCount
    return max(1, min(split.unitsPerChunk, (1 << 20) / max(1, bytes)))
  }

  /// Elements between neighbouring frames.
  private func frameStride(_ layout: FrameLayout) -> Int {
    layout.isPicture
      ? layout.channels * layout.picture.area : layout.elementCount.roundedUp(toMultipleOf: 16)
  }

  private func byteCount(_ layout: FrameLayout) -> Int {
    (layout.isPicture ? 0 : framesAtOnce * frameStride(layout) * dtype.byteCount)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Scratch bytes of one worker.
  var scratchByteCount: Int { byteCount(pictures) + byteCount(cotangent) }

  /// Writes each part's sums, one after another, into `sums`.
  func kernel(
    of source: UnsafeMutableRawPointer, with gradient: UnsafeMutableRawPointer,
    into sums: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) -> Kernel {
    let offsets = pictures.offsets(channels: weight[1], taps: taps)
    let bytes = dtype.byteCount
    return .parallel(split.chunks) { part, worker in
      let own = scratch + worker * scratchByteCount
      let units = split.units(ofChunk: part)
      for first in stride(from: units.lowerBound, to: units.upperBound, by: framesAtOnce) {
        let count = min(framesAtOnce, units.upperBound - first)
        let rows = split.strip(first).rows
        let right = frames(pictures, of: source, first, count, into: own, loops)
        let left = frames(
          cotangent, of: gradient, first, count, into: own + byteCount(pictures), loops)
        let isOneRow = cotangent.pitch == pictures.pitch
        var segments = nn_segments(
          count: count, rows: isOneRow ? 1 : rows.count,
          length: (isOneRow ? (rows.count - 1) * pictures.pitch : 0) + places.width,
          left_row: cotangent.channelStride, left_stride: frameStride(cotangent),
          right_stride: frameStride(pictures), left_pitch: cotangent.pitch,
          right_pitch: pictures.pitch)
        let outer = weight[0] / groups
        for group in 0..<groups {
          let place = part * partial.count + group * outer * offsets.count
          loops.pointee.product_transposed(
            sums + place * bytes, offsets.count,
            left + group * outer * cotangent.channelStride * bytes,
            right + group * weight[1] * pictures.channelStride * bytes, offsets, outer,
            offsets.count, &segments, first > units.lowerBound)
        }
      }
    }
  }

  /// The frames of neighbouring strips.
  private func frames(
    _ layout: FrameLayout, of pictures: UnsafeMutableRawPointer, _ first: Int, _ count: Int,
    into scratch: UnsafeMutableRawPointer, _ loops: UnsafePointer<nn_kernels>
  ) -> UnsafeMutableRawPointer {
    let bytes = dtype.byteCount
    var start: UnsafeMutableRawPointer?
    for index in 0..<count {
      let (image, rows) = split.strip(first + index)
      let framed = layout.frame(
        pictures + image * layout.channels * layout.picture.area * bytes,
        fromRow: rows.lowerBound, into: scratch + index * frameStride(layout) * bytes, loops)
      start = start ?? framed
    }
    return start ?? scratch
  }
}
