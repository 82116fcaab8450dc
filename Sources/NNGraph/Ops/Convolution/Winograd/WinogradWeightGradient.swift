import NNCore
import NNKernels

/// The weight gradient of a 3 × 3 convolution through Winograd's domain: the adjoint, in the
/// weight, of transforming it, multiplying it with the transformed pictures and transforming back.
struct WinogradWeightGradient: Op {
  static let name = "winogradWeightGradient"
  /// Zeros above the pictures and before them.
  let before: Size2D

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([inputs[1].shape[1], inputs[0].shape[1], 3, 3], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    preconditionFailure("the plan chooses algorithms after differentiation")
  }

  /// What the gradient sums by its definition.
  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[1].shape.elementCount.multipliedSaturating(by: inputs[0].shape[1] * 9)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let memory = Memory(self, inputs[0], inputs[1])
    return memory.sharedByteCount(workers: workers) + memory.workerByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (pictures, cotangent, weight) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let memory = Memory(self, pictures.type, cotangent.type)
    let loops = context.loops
    let partial = memory.partial
    let total = context.scratch + partial.scratchByteCount(workers: context.workers)
    let sums = partial.parts > 1 ? context.scratch : total
    let products = products(memory, pictures, cotangent, into: sums, context)
    let added = partial.parts > 1 ? products.then(partial.kernel(into: total, context)) : products
    // From [input, cell, output] to [output, input, cell].
    let terms = memory.tiling.inputs * 9
    let extents = [memory.tiling.outputs, terms].map(Int64.init)
    let strides = [1, memory.tiling.outputs.inVectors]
    return added.then(
      .elements(weight.count) { elements, _ in
        loops.pointee.copy_strided(
          weight.address, total, 2, extents, strides, elements.lowerBound, elements.upperBound)
      })
  }

  /// Writes each chunk's sums [input, cell, output], one chunk after another.
  private func products(
    _ memory: Memory, _ pictures: Buffer, _ cotangent: Buffer, into sums: UnsafeMutableRawPointer,
    _ context: KernelContext
  ) -> Kernel {
    let (tiling, split, partial) = (memory.tiling, memory.tiling.split, memory.partial)
    let loops = context.loops
    let bytes = tiling.dtype.byteCount
    let (inputs, pitch) = (tiling.inputs, tiling.outputs.inVectors)
    let (taken, given) = (tiling.tiles(channels: inputs), tiling.tiles(channels: tiling.outputs))
    let weights = WinogradMatrices(rows: inputs, columns: pitch)
    let workers = context.scratch + memory.sharedByteCount(workers: context.workers)
    let strides = [memory.reader, memory.cotangent].map { $0.channels * $0.picture.area * bytes }
    return .parallel(split.chunks) { chunk, worker in
      let frame = workers + worker * memory.workerByteCount
      let source = frame + memory.frameByteCount
      let seeds = frame + memory.cotangentOffset
      let gradient = frame + memory.gradientOffset
      let units = split.units(ofChunk: chunk)
      for first in stride(from: units.lowerBound, to: units.upperBound, by: tiling.stripsAtOnce) {
        var tiles = 0
        for unit in first..<min(units.upperBound, first + tiling.stripsAtOnce) {
          let (image, rows) = split.strip(unit)
          memory.reader.read(
            pictures.address + image * strides[0], rows: rows, through: frame, into: source, taken,
            from: tiles, loops)
          memory.cotangent.read(
            cotangent.address + image * strides[1], rows: rows, through: frame, into: seeds, given,
            from: tiles, loops)
          tiles += rows.count * tiling.columns
        }
        var left = taken.matrices(source, transposed: true)
        var (right, product) = (given.matrices(seeds), weights.matrices(gradient))
        loops.pointee.products(
          &product, &left, &right, WinogradTiling.products, inputs, pitch, tiles,
          first > units.lowerBound)
      }
      var cells = nn_squares(square: 9 * pitch, row: 3 * pitch, column: pitch)
      var squares = weights.squares
      loops.pointee.winograd(
        NN_WINOGRAD_WEIGHT_GRADIENT, sums + chunk * partial.count * bytes, &cells, gradient,
        &squares, inputs, pitch)
    }
  }

  /// The chunks' sums and their total; for each worker a frame, tiles of both sides, and the
  /// gradient in Winograd's domain.
  private struct Memory {
    let tiling: WinogradTiling
    let partial: PartialSums
    let reader: WinogradStrips
    let cotangent: WinogradStrips
    let frameByteCount: Int
    let cotangentOffset: Int
    let gradientOffset: Int
    let workerByteCount: Int

    init(_ op: WinogradWeightGradient, _ pictures: TensorType, _ cotangent: TensorType) {
      let dtype = pictures.dtype
      let places = Size2D(height: cotangent.shape[2], width: cotangent.shape[3])
      tiling = WinogradTiling(
        dtype, images: pictures.shape[0], inputs: pictures.shape[1], outputs: cotangent.shape[1],
        places: places, limit: MatrixSplit.chunkLimit)
      reader = WinogradStrips(of: pictures, before: op.before, columns: tiling.columns)
      self.cotangent = WinogradStrips(
        dtype: dtype, channels: tiling.outputs, picture: places,
        transform: NN_WINOGRAD_COTANGENT, overhang: 0, before: 0, columns: tiling.columns)
      let pitch = tiling.outputs.inVectors
      partial = PartialSums(
        parts: tiling.split.chunks, count: tiling.inputs * 9 * pitch, dtype: dtype)
      let rows = tiling.split.stripRows
      frameByteCount = max(
        reader.frameByteCount(rows: rows), self.cotangent.frameByteCount(rows: rows)
      ).roundedUp(toMultipleOf: Storage.alignment)
      let bytes = dtype.byteCount
      cotangentOffset =
        frameByteCount + tiling.tiles(channels: tiling.inputs).elementCount * bytes
      gradientOffset =
        cotangentOffset + tiling.tiles(channels: tiling.outputs).elementCount * bytes
      workerByteCount =
        gradientOffset
        + (WinogradMatrices(rows: tiling.inputs, columns: pitch).elementCount * bytes)
        .roundedUp(toMultipleOf: Storage.alignment)
    }

    /// Bytes of the chunks' sums, of what adding them up needs, and of the total.
    func sharedByteCount(workers: Int) -> Int {
      partial.scratchByteCount(workers: workers)
        + (partial.count * tiling.dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
    }
  }
}

extension ConvolutionGeometry {
  /// The weight gradient through Winograd's domain, where that is faster.
  func winogradWeightGradient(_ pictures: Value, _ cotangent: Value, kernel: Size2D) -> Value? {
    let weight: Shape = [cotangent.shape[1], pictures.shape[1], kernel.height, kernel.width]
    guard
      isWinograd(weight),
      WinogradTiling.pays(
        images: pictures.shape[0], inputs: pictures.shape[1], outputs: cotangent.shape[1],
        places: Size2D(height: cotangent.shape[2], width: cotangent.shape[3]))
    else { return nil }
    return WinogradWeightGradient(
      before: Size2D(height: padding.top, width: padding.left)
    ).apply(pictures, cotangent)
  }
}
