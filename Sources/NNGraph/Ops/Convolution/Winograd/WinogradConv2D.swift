import NNCore
import NNKernels

/// A 3 × 3 convolution, or the input gradient of one, of images [N, C, H, W] with weights in the
/// Winograd domain.
struct WinogradConv2D: KernelOp {
  static let name = "winogradConv2D"
  /// Channels of the result.
  let outputs: Int
  /// Height and width of the result.
  let outputSize: Size2D
  /// Zeros above and to the left of the images.
  let before: Size2D

  var attributes: Attributes { ["channels": .int(outputs), "size": .ints(outputSize.extents)] }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [
      TensorType(
        [inputs[0].shape[0], outputs, outputSize.height, outputSize.width], inputs[0].dtype)
    ]
  }

  /// The multiply–accumulates of the convolution by definition.
  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    outputs[0].shape.elementCount.multipliedSaturating(by: inputs[0].shape[1] * 9)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    Memory(self, inputs[0]).byteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (input, weights, output) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let memory = Memory(self, input.type)
    let tiling = memory.tiling
    let loops = context.loops
    let epilogue = context.epilogue
    let bytes = output.type.dtype.byteCount
    let inputs = tiling.inputs
    let (parts, channels) = (tiling.outputParts, memory.writer.channels)
    let transformed = WinogradMatrices(rows: inputs, columns: channels.inVectors)
    let (inputLayout, resultLayout) = (
      tiling.tiles(channels: inputs), tiling.tiles(channels: channels)
    )
    let split = tiling.split
    let imageByteCount = memory.reader.channels * memory.reader.imageSize.area * bytes
    let result = outputs * outputSize.area
    return .parallel(split.chunks * parts) { index, worker in
      let (chunk, part) = index.quotientAndRemainder(dividingBy: parts)
      let firstChannel = part * channels
      let padded = context.scratch + worker * memory.byteCount
      let (source, target) = (padded + memory.paddedByteCount, padded + memory.productOffset)
      let blocks = split.blocks(ofChunk: chunk)
      for first in stride(from: blocks.lowerBound, to: blocks.upperBound, by: tiling.blocksAtOnce) {
        let group = first..<min(blocks.upperBound, first + tiling.blocksAtOnce)
        var tiles = 0
        for block in group {
          let (image, rows) = split.rows(ofBlock: block)
          memory.reader.read(
            input.address + image * imageByteCount, rows: rows, through: padded, into: source,
            inputLayout,
            from: tiles, loops)
          tiles += rows.count * tiling.columns
        }
        var left = inputLayout.matrices(source)
        var right = transformed.matrices(
          weights.address + part * transformed.elementCount * bytes)
        var product = resultLayout.matrices(target)
        loops.pointee.products(
          &product, &left, &right, WinogradTiling.multiplications, tiles, resultLayout.columns,
          inputs, false)
        tiles = 0
        for block in group {
          let (image, rows) = split.rows(ofBlock: block)
          let start = image * result + firstChannel * outputSize.area
          memory.writer.write(
            output.address + start * bytes, rows: rows, through: padded, from: target, resultLayout,
            from: tiles, loops)
          tiles += rows.count * tiling.columns
          epilogue?.finish(
            rows: rows.scaled(by: WinogradTiling.edge, upTo: outputSize.height), of: outputSize,
            planes: channels, from: start, worker: worker)
        }
      }
    }
  }

  /// The tiling of results of this size.
  static func tiling(_ input: TensorType, outputs: Int, outputSize: Size2D) -> WinogradTiling {
    WinogradTiling(
      input.dtype, images: input.shape[0], inputs: input.shape[1], outputs: outputs,
      outputSize: outputSize, splitsOutputs: true)
  }

  /// A worker's scratch memory: a padded input, tiles of the input, tiles of the result.
  private struct Memory {
    let tiling: WinogradTiling
    let reader: WinogradTileRows
    let writer: WinogradTileRows
    let paddedByteCount: Int
    let productOffset: Int
    let byteCount: Int

    init(_ op: WinogradConv2D, _ input: TensorType) {
      tiling = WinogradConv2D.tiling(input, outputs: op.outputs, outputSize: op.outputSize)
      reader = WinogradTileRows(of: input, before: op.before, columns: tiling.columns)
      writer = WinogradTileRows(
        dtype: input.dtype, channels: op.outputs / tiling.outputParts, imageSize: op.outputSize,
        transform: NN_WINOGRAD_RESULT, overhang: 0, before: 0, columns: tiling.columns)
      let rows = tiling.split.blockRows
      paddedByteCount = max(reader.paddedByteCount(rows: rows), writer.paddedByteCount(rows: rows))
        .roundedUp(toMultipleOf: Storage.alignment)
      let bytes = input.dtype.byteCount
      productOffset = paddedByteCount + tiling.tiles(channels: tiling.inputs).elementCount * bytes
      byteCount = productOffset + tiling.tiles(channels: writer.channels).elementCount * bytes
    }
  }
}

extension ConvolutionGeometry {
  /// The convolution by Winograd's algorithm; nil where that is not faster.
  func winograd(_ input: Value, _ weight: Value) -> Value? {
    guard isWinograd(weight.shape), let result = try? output(input.type, weight.type).shape
    else { return nil }
    return winograd(
      input, weight, isAdjoint: false, outputs: result[1],
      outputSize: Size2D(height: result[2], width: result[3]),
      before: Size2D(height: padding.top, width: padding.left))
  }

  /// The input gradient by Winograd's algorithm: a convolution of the cotangent with the kernel
  /// rotated by 180°; nil where that is not faster.
  func winogradInputGradient(
    _ cotangent: Value, _ weight: Value, inputSize: Size2D
  ) -> Value? {
    guard isWinograd(weight.shape) else { return nil }
    return winograd(
      cotangent, weight, isAdjoint: true, outputs: weight.shape[1], outputSize: inputSize,
      before: Size2D(height: 2 - padding.top, width: 2 - padding.left))
  }

  /// Whether the algorithm applies to a convolution with this weight.
  func isWinograd(_ weight: Shape) -> Bool {
    weight[2] == WinogradTiling.kernel && weight[3] == WinogradTiling.kernel && stride == 1
      && dilation == 1 && groups == 1
      && [padding.top, padding.bottom, padding.left, padding.right].allSatisfy { $0 <= 2 }
  }

  private func winograd(
    _ input: Value, _ weight: Value, isAdjoint: Bool, outputs: Int, outputSize: Size2D,
    before: Size2D
  ) -> Value? {
    guard
      WinogradTiling.isFaster(
        images: input.shape[0], inputs: input.shape[1], outputs: outputs, outputSize: outputSize)
    else { return nil }
    let parts = WinogradConv2D.tiling(input.type, outputs: outputs, outputSize: outputSize)
      .outputParts
    return input.winogradConv2D(
      weight.winogradWeights(isAdjoint: isAdjoint, parts: parts), outputs: outputs,
      outputSize: outputSize, before: before)
  }
}

extension Value {
  /// A 3 × 3 convolution of these images [N, C, H, W] with weights in the Winograd domain.
  ///
  /// - Parameters:
  ///   - weights: The result of `winogradWeights(isAdjoint:parts:)`.
  ///   - outputs: Channels of the result.
  ///   - outputSize: Height and width of the result.
  ///   - before: Zeros above and to the left of the images.
  package func winogradConv2D(
    _ weights: Value, outputs: Int, outputSize: Size2D, before: Size2D
  ) -> Value {
    WinogradConv2D(outputs: outputs, outputSize: outputSize, before: before).apply(self, weights)
  }
}
