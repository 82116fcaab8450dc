import NNCore
import NNKernels

/// The adjoint of `Conv2D` in its pictures: ∂loss/∂pictures from (∂loss/∂output, weight).
struct Conv2DInputGradient: Op {
  static let name = "conv2DInputGradient"
  let geometry: ConvolutionGeometry
  /// Height and width of the pictures, which the output's size leaves open.
  let picture: Size2D

  var attributes: String { geometry.description }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (cotangent, weight) = (inputs[0], inputs[1])
    guard cotangent.shape.rank == 4, weight.shape.rank == 4 else {
      throw OpError("conv2D: a cotangent of \(cotangent.shape) for a weight of \(weight.shape)")
    }
    let pictures = pictures(cotangent, weight)
    try geometry.check(output: cotangent, of: pictures, weight)
    return [pictures]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[0].shape.elementCount * inputs[1].shape.dimensions.dropFirst().reduce(1, *)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (cotangent, weight) = (context.inputs[0], context.inputs[1])
    return [
      Conv2D(geometry: geometry).apply(context.cotangent, weight),
      geometry.weightGradient(context.cotangent, cotangent, like: weight),
    ]
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    if let flipped = FlippedConvolution(geometry, cotangent: inputs[0], weight: inputs[1]) {
      return flipped.scratchByteCount(workers: workers)
    }
    return work(outputs[0], inputs[1]).patchByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let flipped = FlippedConvolution(
      geometry, cotangent: context.inputs[0].type, weight: context.inputs[1].type)
    return flipped?.kernel(context) ?? scattering(context)
  }

  /// Adds each patch of Wᵀ · ∂output to where its elements came from.
  private func scattering(_ context: KernelContext) -> Kernel {
    let work = work(context.outputs[0].type, context.inputs[1].type)
    let loops = context.loops
    let (cotangent, weight) = (context.inputs[0].address, context.inputs[1].address)
    let pictures = context.outputs[0].address
    let scratch = context.scratch
    let units = work.images * work.groups
    let unitsPerChunk = work.unitsPerChunk(of: units)
    let bytes = work.dtype.byteCount
    let planeBytes = work.inputChannels * work.picture.area * bytes
    return .parallel((units + unitsPerChunk - 1) / unitsPerChunk) { chunk, worker in
      let patches = scratch + worker * work.patchByteCount
      let first = chunk * unitsPerChunk
      for unit in first..<min(units, first + unitsPerChunk) {
        let (image, group) = unit.quotientAndRemainder(dividingBy: work.groups)
        let planes = pictures + work.pictureOffset(image: image, group: group) * bytes
        if !work.isPointwise {
          planes.initializeMemory(as: UInt8.self, repeating: 0, count: planeBytes)
        }
        for strip in 0..<work.strips {
          let rows = work.rows(ofStrip: strip)
          let columns = rows.count * work.places.width
          let start = work.outputOffset(image: image, group: group, row: rows.lowerBound)
          BLAS.gemm(
            work.dtype, transposeA: true, m: work.patch, n: columns, k: work.outputChannels,
            a: weight + work.weightOffset(group: group) * bytes, lda: work.patch,
            b: cotangent + start * bytes, ldb: work.places.area,
            c: work.isPointwise ? planes + rows.lowerBound * work.places.width * bytes : patches,
            ldc: work.isPointwise ? work.places.area : columns)
          if !work.isPointwise {
            withUnsafePointer(to: work.slide(rows)) {
              loops.pointee.col2im(planes, patches, columns, $0)
            }
          }
        }
      }
    }
  }

  private func pictures(_ cotangent: TensorType, _ weight: TensorType) -> TensorType {
    TensorType(
      [
        cotangent.shape[0], weight.shape[1] * geometry.groups, picture.height, picture.width,
      ], cotangent.dtype)
  }

  private func work(_ pictures: TensorType, _ weight: TensorType) -> ConvolutionWork {
    ConvolutionWork(
      geometry, pictures: pictures.shape, weight: weight.shape, dtype: pictures.dtype)
  }
}
