import NNCore
import NNKernels

/// A 3 × 3 convolution, or the input gradient of one, of pictures [N, C, H, W] with weights in
/// Winograd's domain.
struct WinogradConv2D: Op {
  static let name = "winogradConv2D"
  /// Channels, height and width of the result.
  let outputs: Int
  let places: Size2D
  /// Zeros above the pictures and before them.
  let before: Size2D

  var attributes: String { "\(outputs) channels, \(places.height) × \(places.width)" }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([inputs[0].shape[0], outputs, places.height, places.width], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    preconditionFailure("the plan chooses algorithms after differentiation")
  }

  /// What the convolution sums by its definition.
  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    outputs[0].shape.elementCount.multipliedSaturating(by: inputs[0].shape[1] * 9)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    Memory(self, inputs[0]).byteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (pictures, weights, output) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let memory = Memory(self, pictures.type)
    let tiling = memory.tiling
    let loops = context.loops
    let epilogue = context.epilogue
    let bytes = output.type.dtype.byteCount
    let inputs = tiling.inputs
    let (parts, channels) = (tiling.outputParts, memory.writer.channels)
    let transformed = WinogradMatrices(rows: inputs, columns: channels.inVectors)
    let (taken, given) = (tiling.tiles(channels: inputs), tiling.tiles(channels: channels))
    let split = tiling.split
    let picture = memory.reader.channels * memory.reader.picture.area * bytes
    let result = outputs * places.area
    return .parallel(split.chunks * parts) { index, worker in
      let (chunk, part) = index.quotientAndRemainder(dividingBy: parts)
      let firstChannel = part * channels
      let frame = context.scratch + worker * memory.byteCount
      let (source, target) = (frame + memory.frameByteCount, frame + memory.productOffset)
      let units = split.units(ofChunk: chunk)
      for first in stride(from: units.lowerBound, to: units.upperBound, by: tiling.stripsAtOnce) {
        let group = first..<min(units.upperBound, first + tiling.stripsAtOnce)
        var tiles = 0
        for unit in group {
          let (image, rows) = split.strip(unit)
          memory.reader.read(
            pictures.address + image * picture, rows: rows, through: frame, into: source, taken,
            from: tiles, loops)
          tiles += rows.count * tiling.columns
        }
        var left = taken.matrices(source)
        var right = transformed.matrices(
          weights.address + part * transformed.elementCount * bytes)
        var product = given.matrices(target)
        loops.pointee.products(
          &product, &left, &right, WinogradTiling.products, tiles, given.columns, inputs, false)
        tiles = 0
        for unit in group {
          let (image, rows) = split.strip(unit)
          let start = image * result + firstChannel * places.area
          memory.writer.write(
            output.address + start * bytes, rows: rows, through: frame, from: target, given,
            from: tiles, loops)
          tiles += rows.count * tiling.columns
          epilogue?.finish(
            rows: rows.scaled(by: WinogradTiling.edge, upTo: places.height), of: places,
            planes: channels, from: start, worker: worker)
        }
      }
    }
  }

  /// How results of this size are cut.
  static func tiling(_ pictures: TensorType, outputs: Int, places: Size2D) -> WinogradTiling {
    WinogradTiling(
      pictures.dtype, images: pictures.shape[0], inputs: pictures.shape[1], outputs: outputs,
      places: places, splitsOutputs: true)
  }

  /// A worker's scratch memory: a frame, tiles of the pictures, tiles of the result.
  private struct Memory {
    let tiling: WinogradTiling
    let reader: WinogradStrips
    let writer: WinogradStrips
    let frameByteCount: Int
    let productOffset: Int
    let byteCount: Int

    init(_ op: WinogradConv2D, _ pictures: TensorType) {
      tiling = WinogradConv2D.tiling(pictures, outputs: op.outputs, places: op.places)
      reader = WinogradStrips(of: pictures, before: op.before, columns: tiling.columns)
      writer = WinogradStrips(
        dtype: pictures.dtype, channels: op.outputs / tiling.outputParts, picture: op.places,
        transform: NN_WINOGRAD_RESULT, overhang: 0, before: 0, columns: tiling.columns)
      let rows = tiling.split.stripRows
      frameByteCount = max(reader.frameByteCount(rows: rows), writer.frameByteCount(rows: rows))
        .roundedUp(toMultipleOf: Storage.alignment)
      let bytes = pictures.dtype.byteCount
      productOffset = frameByteCount + tiling.tiles(channels: tiling.inputs).elementCount * bytes
      byteCount = productOffset + tiling.tiles(channels: writer.channels).elementCount * bytes
    }
  }
}

extension ConvolutionGeometry {
  /// The convolution through Winograd's domain, where that is faster.
  func winograd(_ pictures: Value, _ weight: Value) -> Value? {
    guard isWinograd(weight.shape), let places = try? output(pictures.type, weight.type).shape
    else { return nil }
    return winograd(
      pictures, weight, isAdjoint: false, outputs: places[1],
      places: Size2D(height: places[2], width: places[3]),
      before: Size2D(height: padding.top, width: padding.left))
  }

  /// Its input gradient, likewise: a convolution of the cotangent with the weight turned around.
  func winogradInputGradient(
    _ cotangent: Value, _ weight: Value, picture: Size2D
  ) -> Value? {
    guard isWinograd(weight.shape) else { return nil }
    return winograd(
      cotangent, weight, isAdjoint: true, outputs: weight.shape[1], places: picture,
      before: Size2D(height: 2 - padding.top, width: 2 - padding.left))
  }

  /// Whether the algorithm knows such convolutions.
  func isWinograd(_ weight: Shape) -> Bool {
    weight[2] == WinogradTiling.kernel && weight[3] == WinogradTiling.kernel && stride == 1
      && dilation == 1 && groups == 1
      && [padding.top, padding.bottom, padding.left, padding.right].allSatisfy { $0 <= 2 }
  }

  private func winograd(
    _ pictures: Value, _ weight: Value, isAdjoint: Bool, outputs: Int, places: Size2D,
    before: Size2D
  ) -> Value? {
    guard
      WinogradTiling.pays(
        images: pictures.shape[0], inputs: pictures.shape[1], outputs: outputs, places: places)
    else { return nil }
    let parts = WinogradConv2D.tiling(pictures.type, outputs: outputs, places: places).outputParts
    let weights = WinogradWeights(isAdjoint: isAdjoint, parts: parts).apply(weight)
    return WinogradConv2D(outputs: outputs, places: places, before: before)
      .apply(pictures, weights)
  }
}
