import NNCore
import NNKernels

/// The adjoint of `Conv2D` in its weight: ∂loss/∂weight from (pictures, ∂loss/∂output).
struct Conv2DWeightGradient: Op {
  static let name = "conv2DWeightGradient"
  let geometry: ConvolutionGeometry
  /// Height and width of the kernel, which the output's size leaves open.
  let kernel: Size2D

  var attributes: String { geometry.description }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (pictures, cotangent) = (inputs[0], inputs[1])
    guard pictures.shape.rank == 4, cotangent.shape.rank == 4 else {
      throw OpError(
        "conv2D: a cotangent of \(cotangent.shape) for pictures of \(pictures.shape)")
    }
    let weight = TensorType(
      [
        cotangent.shape[1], pictures.shape[1] / Swift.max(1, geometry.groups), kernel.height,
        kernel.width,
      ], pictures.dtype)
    try geometry.check(output: cotangent, of: pictures, weight)
    return [weight]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[1].shape.elementCount * outputs[0].shape.dimensions.dropFirst().reduce(1, *)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (pictures, cotangent) = (context.inputs[0], context.inputs[1])
    return [
      geometry.pictureGradient(cotangent, context.cotangent, like: pictures),
      Conv2D(geometry: geometry).apply(pictures, context.cotangent),
    ]
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let work = work(inputs[0], outputs[0])
    let partial = partial(work, outputs[0])
    return work.patchByteCount * workers
      + (partial.parts > 1 ? partial.scratchByteCount(workers: workers) : 0)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let work = work(context.inputs[0].type, context.outputs[0].type)
    let loops = context.loops
    let (pictures, cotangent) = (context.inputs[0].address, context.inputs[1].address)
    let weight = context.outputs[0].address
    let bytes = work.dtype.byteCount
    let units = work.images * work.strips
    guard units > 0, work.places.area > 0 else {
      let count = context.outputs[0].type.byteCount
      return .serial { weight.initializeMemory(as: UInt8.self, repeating: 0, count: count) }
    }
    let partial = partial(work, context.outputs[0].type)
    let parts = partial.parts
    let sums = parts > 1 ? context.scratch : weight
    let scratch =
      context.scratch + (parts > 1 ? partial.scratchByteCount(workers: context.workers) : 0)
    let unitsPerPart = work.unitsPerChunk(of: units, limit: MatrixSplit.chunkLimit)
    let products = Kernel.parallel(parts) { part, worker in
      let first = part * unitsPerPart
      for unit in first..<min(units, first + unitsPerPart) {
        let image = unit / work.strips
        let rows = work.rows(ofStrip: unit % work.strips)
        for group in 0..<work.groups {
          let patches = work.patches(
            of: pictures, image: image, group: group, rows: rows,
            into: scratch + worker * work.patchByteCount, loops)
          let start = work.outputOffset(image: image, group: group, row: rows.lowerBound)
          let place = part * partial.count + work.weightOffset(group: group)
          BLAS.gemm(
            work.dtype, transposeB: true, m: work.outputChannels, n: work.patch,
            k: rows.count * work.places.width, a: cotangent + start * bytes,
            lda: work.places.area, b: patches.address, ldb: patches.rowStride,
            beta: unit == first ? 0 : 1, c: sums + place * bytes, ldc: work.patch)
        }
      }
    }
    return parts > 1 ? products.then(partial.kernel(into: weight, context)) : products
  }

  /// The parts of the batch that are summed apart, then added in order.
  private func partial(_ work: ConvolutionWork, _ weight: TensorType) -> PartialSums {
    let units = work.images * work.strips
    let unitsPerPart = work.unitsPerChunk(of: units, limit: MatrixSplit.chunkLimit)
    return PartialSums(
      parts: (units + unitsPerPart - 1) / unitsPerPart, count: weight.shape.elementCount,
      dtype: weight.dtype)
  }

  private func work(_ pictures: TensorType, _ weight: TensorType) -> ConvolutionWork {
    ConvolutionWork(
      geometry, pictures: pictures.shape, weight: weight.shape, dtype: pictures.dtype)
  }
}
