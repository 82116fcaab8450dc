import NNCore
import NNKernels

/// The weight gradient of a convolution: the shifted view of the padded input for each kernel
/// element, multiplied by the cotangent and summed over all output positions.
///
/// ∂weight[o, (c, k)] = Σ ∂output[n, o, position] · padded[n, c, position + offset(k)]
///
/// The cotangent is transposed to [position, o], so that vector lanes are output channels; the sums
/// are [(c, k), o] and are transposed at the end.
struct WeightGradientPlan {
  /// The sums over parts of the batch, which are added in order.
  let partial: PartialSums
  private let dtype: DType
  private let groups: Int
  private let weight: Shape
  private let outputSize: Size2D
  private let split: RowBlockSplit
  private var layout: PaddedInputLayout
  private let kernelOffsets: [Size2D]

  init(
    _ geometry: ConvolutionGeometry, input: TensorType, cotangent: TensorType,
    weight: TensorType
  ) {
    dtype = weight.dtype
    groups = geometry.groups
    self.weight = weight.shape
    let kernel = Size2D(height: weight.shape[2], width: weight.shape[3])
    outputSize = Size2D(height: cotangent.shape[2], width: cotangent.shape[3])
    kernelOffsets = geometry.kernelOffsets(kernel)
    let layout = geometry.paddedInputLayout(of: input.shape, kernel, outputSize)
    split = RowBlockSplit(
      images: input.shape[0], rows: outputSize.height,
      multiplyAdds: cotangent.shape.elementCount.multipliedSaturating(
        by: weight.shape.dimensions.dropFirst().saturatingProduct),
      bytesPerRow: (layout.elementsPerRow + cotangent.shape[1] * outputSize.width)
        * dtype.byteCount,
      limit: MatrixSplit.chunkLimit)
    self.layout = layout
    self.layout.rows = split.blockRows
    partial = PartialSums(
      parts: split.chunks, count: weight.shape.elementCount, dtype: weight.dtype)
  }

  /// Output channels of a group.
  private var outer: Int { weight[0] / groups }
  /// The number of weights of each output channel.
  private var terms: Int { weight[1] * kernelOffsets.count }

  /// The number of images that are summed over at once, so that the sums are not read and written
  /// for each image.
  private var imagesAtOnce: Int {
    guard split.blocksPerImage == 1 else { return 1 }
    return max(1, min(split.blocksPerChunk, Self.positionsAtOnce / max(1, outputSize.area)))
  }

  private static let positionsAtOnce = 256

  private var paddedStride: Int {
    layout.readsInPlace
      ? layout.channels * layout.imageSize.area : layout.elementCount.roundedUp(toMultipleOf: 16)
  }

  private var paddedByteCount: Int {
    (layout.readsInPlace ? 0 : imagesAtOnce * paddedStride * dtype.byteCount)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Elements of a group's transposed cotangent, with room for what a vector reads past its last
  /// row.
  private var transposedCount: Int {
    (imagesAtOnce * split.blockRows * outputSize.width * outer + 16).roundedUp(toMultipleOf: 16)
  }

  private var workerByteCount: Int { paddedByteCount + groups * transposedCount * dtype.byteCount }

  /// Bytes of the total before it is transposed.
  private var sumByteCount: Int {
    (partial.count * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Bytes of scratch memory.
  func scratchByteCount(workers: Int) -> Int {
    partial.scratchByteCount(workers: workers) + sumByteCount + workerByteCount * workers
  }

  /// Binds the work to memory.
  func kernel(
    of input: UnsafeMutableRawPointer, with cotangent: UnsafeMutableRawPointer,
    into target: UnsafeMutableRawPointer, _ context: KernelContext
  ) -> Kernel {
    let loops = context.loops
    let total = context.scratch + partial.scratchByteCount(workers: context.workers)
    let sums = partial.parts > 1 ? context.scratch : total
    let products = self.products(
      of: input, with: cotangent, into: sums, scratch: total + sumByteCount, loops)
    let added = partial.parts > 1 ? products.then(partial.kernel(into: total, context)) : products
    let extents = [groups, outer, terms].map(Int64.init)
    let strides = [outer * terms, 1, outer]
    return added.then(
      .elements(partial.count) { elements, _ in
        loops.pointee.copy_strided(
          target, total, 3, extents, strides, elements.lowerBound, elements.upperBound)
      })
  }

  /// Writes the sums [group, (c, k), o] of each part, one part after another.
  private func products(
    of input: UnsafeMutableRawPointer, with cotangent: UnsafeMutableRawPointer,
    into sums: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) -> Kernel {
    let offsets = layout.offsets(channels: weight[1], kernelOffsets: kernelOffsets)
    // A block's cotangent as [position, o]; the last block may have fewer positions.
    let transposed = (
      extents: [Int64(split.blockRows * outputSize.width), Int64(outer)],
      strides: [1, outputSize.area]
    )
    let bytes = dtype.byteCount
    return .parallel(split.chunks) { part, worker in
      let own = scratch + worker * workerByteCount
      let target = own + paddedByteCount
      let blocks = split.blocks(ofChunk: part)
      for first in stride(from: blocks.lowerBound, to: blocks.upperBound, by: imagesAtOnce) {
        let count = min(imagesAtOnce, blocks.upperBound - first)
        let rows = split.rows(ofBlock: first).rows
        let padded = paddedInputs(of: input, first, count, into: own, loops)
        transpose(cotangent, first, count, as: transposed, into: target, loops)
        var segments = nn_segments(
          count: count, rows: rows.count, length: outputSize.width, stride: paddedStride,
          pitch: layout.pitch)
        for group in 0..<groups {
          loops.pointee.product_shifted(
            sums + (part * partial.count + group * terms * outer) * bytes, outer,
            padded + group * weight[1] * layout.channelStride * bytes, offsets,
            target + group * transposedCount * bytes, outer, terms, outer, &segments,
            first > blocks.lowerBound)
        }
      }
    }
  }

  /// The padded inputs of consecutive blocks.
  private func paddedInputs(
    of input: UnsafeMutableRawPointer, _ first: Int, _ count: Int,
    into scratch: UnsafeMutableRawPointer, _ loops: UnsafePointer<nn_kernels>
  ) -> UnsafeMutableRawPointer {
    func paddedInput(_ block: Int) -> UnsafeMutableRawPointer {
      let (image, rows) = split.rows(ofBlock: block)
      return layout.paddedInput(
        input + image * layout.channels * layout.imageSize.area * dtype.byteCount,
        fromRow: rows.lowerBound, into: scratch + (block - first) * paddedStride * dtype.byteCount,
        loops)
    }
    let start = paddedInput(first)
    for block in first + 1..<first + count { _ = paddedInput(block) }
    return start
  }

  /// Transposes the cotangent of consecutive blocks to [position, o], group by group.
  private func transpose(
    _ cotangent: UnsafeMutableRawPointer, _ first: Int, _ count: Int,
    as view: (extents: [Int64], strides: [Int]), into target: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) {
    let bytes = dtype.byteCount
    for block in first..<first + count {
      let (image, rows) = split.rows(ofBlock: block)
      let elements = rows.count * outputSize.width * outer
      let skipped = rows.lowerBound * outputSize.width
      for group in 0..<groups {
        let start = (image * weight[0] + group * outer) * outputSize.area + skipped
        loops.pointee.copy_strided(
          target + (group * transposedCount + (block - first) * elements) * bytes,
          cotangent + start * bytes, 2, view.extents, view.strides, 0, elements)
      }
    }
  }
}
