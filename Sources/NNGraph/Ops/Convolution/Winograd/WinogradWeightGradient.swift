import NNCore
import NNKernels

/// The weight gradient of a 3 × 3 convolution by Winograd's algorithm: the adjoint, in the weight,
/// of transforming it, multiplying it with the transformed images and transforming back.
struct WinogradWeightGradient: KernelOp {
  static let name = "winogradWeightGradient"
  /// Zeros above and to the left of the images.
  let before: Size2D

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([inputs[1].shape[1], inputs[0].shape[1], 3, 3], inputs[0].dtype)]
  }

  /// The multiply–accumulates of the gradient by definition.
  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[1].shape.elementCount.multipliedSaturating(by: inputs[0].shape[1] * 9)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let memory = Memory(self, inputs[0], inputs[1])
    return memory.sharedByteCount(workers: workers) + memory.workerByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (input, cotangent, weight) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let memory = Memory(self, input.type, cotangent.type)
    let loops = context.loops
    let partial = memory.partial
    let total = context.scratch + partial.scratchByteCount(workers: context.workers)
    let sums = partial.parts > 1 ? context.scratch : total
    let products = products(memory, input, cotangent, into: sums, context)
    let added = partial.parts > 1 ? products.then(partial.kernel(into: total, context)) : products
    // From [input, kernel element, output] to [output, input, kernel element].
    let terms = memory.tiling.inputs * 9
    let extents = [memory.tiling.outputs, terms].map(Int64.init)
    let strides = [1, memory.tiling.outputs.inVectors]
    return added.then(
      .elements(weight.count) { elements, _ in
        loops.pointee.copy_strided(
          weight.address, total, 2, extents, strides, elements.lowerBound, elements.upperBound)
      })
  }

  /// Writes the sums [input, kernel element, output] of each chunk, one chunk after another.
  private func products(
    _ memory: Memory, _ input: Buffer, _ cotangent: Buffer, into sums: UnsafeMutableRawPointer,
    _ context: KernelContext
  ) -> Kernel {
    let (tiling, split, partial) = (memory.tiling, memory.tiling.split, memory.partial)
    let loops = context.loops
    let bytes = tiling.dtype.byteCount
    let (inputs, pitch) = (tiling.inputs, tiling.outputs.inVectors)
    let (inputLayout, cotangentLayout) = (
      tiling.tiles(channels: inputs), tiling.tiles(channels: tiling.outputs)
    )
    let weights = WinogradMatrices(rows: inputs, columns: pitch)
    let workers = context.scratch + memory.sharedByteCount(workers: context.workers)
    let strides = [memory.reader, memory.cotangent].map { $0.channels * $0.imageSize.area * bytes }
    return .parallel(split.chunks) { chunk, worker in
      let padded = workers + worker * memory.workerByteCount
      let tiled = padded + memory.paddedByteCount
      let cotangentTiles = padded + memory.cotangentOffset
      let gradient = padded + memory.gradientOffset
      let blocks = split.blocks(ofChunk: chunk)
      for first in stride(from: blocks.lowerBound, to: blocks.upperBound, by: tiling.blocksAtOnce) {
        var tiles = 0
        for block in first..<min(blocks.upperBound, first + tiling.blocksAtOnce) {
          let (image, rows) = split.rows(ofBlock: block)
          memory.reader.read(
            input.address + image * strides[0], rows: rows, through: padded, into: tiled,
            inputLayout,
            from: tiles, loops)
          memory.cotangent.read(
            cotangent.address + image * strides[1], rows: rows, through: padded,
            into: cotangentTiles, cotangentLayout,
            from: tiles, loops)
          tiles += rows.count * tiling.columns
        }
        var left = inputLayout.matrices(tiled, transposed: true)
        var (right, product) = (
          cotangentLayout.matrices(cotangentTiles), weights.matrices(gradient)
        )
        loops.pointee.products(
          &product, &left, &right, WinogradTiling.multiplications, inputs, pitch, tiles,
          first > blocks.lowerBound)
      }
      var target = nn_tile_strides(tile: 9 * pitch, row: 3 * pitch, column: pitch)
      var source = weights.tileStrides
      loops.pointee.winograd(
        NN_WINOGRAD_WEIGHT_GRADIENT, sums + chunk * partial.count * bytes, &target, gradient,
        &source, inputs, pitch)
    }
  }

  /// The chunks' sums and their total; for each worker a padded input, tiles of both operands, and
  /// the gradient in the Winograd domain.
  private struct Memory {
    let tiling: WinogradTiling
    let partial: PartialSums
    let reader: WinogradTileRows
    let cotangent: WinogradTileRows
    let paddedByteCount: Int
    let cotangentOffset: Int
    let gradientOffset: Int
    let workerByteCount: Int

    init(_ op: WinogradWeightGradient, _ input: TensorType, _ cotangent: TensorType) {
      let dtype = input.dtype
      let outputSize = Size2D(height: cotangent.shape[2], width: cotangent.shape[3])
      tiling = WinogradTiling(
        dtype, images: input.shape[0], inputs: input.shape[1], outputs: cotangent.shape[1],
        outputSize: outputSize, limit: MatrixSplit.chunkLimit)
      reader = WinogradTileRows(of: input, before: op.before, columns: tiling.columns)
      self.cotangent = WinogradTileRows(
        dtype: dtype, channels: tiling.outputs, imageSize: outputSize,
        transform: NN_WINOGRAD_COTANGENT, overhang: 0, before: 0, columns: tiling.columns)
      let pitch = tiling.outputs.inVectors
      partial = PartialSums(
        parts: tiling.split.chunks, count: tiling.inputs * 9 * pitch, dtype: dtype)
      let rows = tiling.split.blockRows
      paddedByteCount = max(
        reader.paddedByteCount(rows: rows), self.cotangent.paddedByteCount(rows: rows)
      ).roundedUp(toMultipleOf: Storage.alignment)
      let bytes = dtype.byteCount
      cotangentOffset =
        paddedByteCount + tiling.tiles(channels: tiling.inputs).elementCount * bytes
      gradientOffset =
        cotangentOffset + tiling.tiles(channels: tiling.outputs).elementCount * bytes
      workerByteCount =
        gradientOffset
        + (WinogradMatrices(rows: tiling.inputs, columns: pitch).elementCount * bytes)
        .roundedUp(toMultipleOf: Storage.alignment)
    }

    /// Bytes of the chunks' sums, of the scratch memory for adding them, and of the total.
    func sharedByteCount(workers: Int) -> Int {
      partial.scratchByteCount(workers: workers)
        + (partial.count * tiling.dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
    }
  }
}

extension ConvolutionGeometry {
  /// The weight gradient by Winograd's algorithm; nil where that is not faster.
  func winogradWeightGradient(_ input: Value, _ cotangent: Value, kernel: Size2D) -> Value? {
    let weight: Shape = [cotangent.shape[1], input.shape[1], kernel.height, kernel.width]
    guard
      isWinograd(weight),
      WinogradTiling.isFaster(
        images: input.shape[0], inputs: input.shape[1], outputs: cotangent.shape[1],
        outputSize: Size2D(height: cotangent.shape[2], width: cotangent.shape[3]))
    else { return nil }
    return input.winogradWeightGradient(
      cotangent, before: Size2D(height: padding.top, width: padding.left))
  }
}

extension Value {
  /// The weight gradient of a 3 × 3 convolution of these images by Winograd's algorithm.
  ///
  /// - Parameters:
  ///   - cotangent: ∂loss/∂output.
  ///   - before: Zeros above and to the left of the images.
  package func winogradWeightGradient(_ cotangent: Value, before: Size2D) -> Value {
    WinogradWeightGradient(before: before).apply(self, cotangent)
  }
}
