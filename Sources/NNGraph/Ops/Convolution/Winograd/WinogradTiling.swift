import NNCore
import NNKernels

/// The tiling of a 3 × 3 convolution into 4 × 4 output tiles, by Winograd's minimal filtering
/// F(4×4, 3×3).
///
/// Images and weights are transformed so that the 16 outputs of a tile take 36 multiplications
/// instead of 144 (A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
/// Over all tiles and channels these are 36 matrix products. Rounding errors are two to four times
/// those of direct sums.
struct WinogradTiling {
  /// Output positions of a tile along each axis.
  static let edge = 4
  /// The kernel size along each axis.
  static let kernel = 3
  /// Multiplications for each tile and pair of channels.
  static let multiplications = (edge + kernel - 1) * (edge + kernel - 1)

  let dtype: DType
  let inputs: Int
  let outputs: Int
  let outputSize: Size2D
  /// The split of the batch into chunks, and of each image's rows of tiles into blocks.
  let split: RowBlockSplit
  /// The number of equal parts of the output channels, which separate chunks compute.
  let outputParts: Int

  /// - Parameters:
  ///   - inputs: Input channels.
  ///   - outputs: Output channels.
  ///   - limit: The maximum number of chunks.
  ///   - splitsOutputs: Whether small batches may be split by output channels instead of blocks of
  ///     rows.
  init(
    _ dtype: DType, images: Int, inputs: Int, outputs: Int, outputSize: Size2D,
    limit: Int = 2 * MatrixSplit.chunkLimit, splitsOutputs: Bool = false
  ) {
    self.dtype = dtype
    self.inputs = inputs
    self.outputs = outputs
    self.outputSize = outputSize
    // Reading the weights takes longer than everything else, unless there are many tiles.
    let isWeightBound = images * outputSize.area < 8 * inputs
    outputParts =
      splitsOutputs && isWeightBound && outputs % 64 == 0 ? (outputs % 128 == 0 ? 4 : 2) : 1
    let channels = inputs.inVectors + outputs.inVectors
    split = RowBlockSplit(
      images: images, rows: outputSize.height.inTiles,
      multiplyAdds: outputParts > 1
        ? 0 : Self.work(images: images, inputs: inputs, outputs: outputs, outputSize: outputSize),
      bytesPerRow: outputSize.width.inTiles * Self.multiplications * channels * dtype.byteCount,
      limit: limit)
  }

  /// Tiles per row.
  var columns: Int { outputSize.width.inTiles }

  /// Blocks that share one matrix product: as many as fit the L2 cache.
  var blocksAtOnce: Int {
    let channels = inputs.inVectors + outputs.inVectors
    let bytes = split.blockRows * columns * Self.multiplications * channels * dtype.byteCount
    return max(1, min(split.blocksPerChunk, Self.bytesAtOnce / bytes))
  }

  private static let bytesAtOnce = 1 << 19

  /// The maximum number of tiles in one matrix product.
  var tilesAtOnce: Int { blocksAtOnce * split.blockRows * columns }

  /// Transformed tiles as matrices [tile, channel].
  func tiles(channels: Int) -> WinogradMatrices {
    WinogradMatrices(rows: tilesAtOnce, columns: channels.inVectors)
  }

  // MARK: - Cost

  /// Whether the transforms cost less than the multiplications that they save.
  static func isFaster(images: Int, inputs: Int, outputs: Int, outputSize: Size2D) -> Bool {
    let weights = weightWork * inputs.inVectors * outputs.inVectors
    return images > 0
      && weights + work(images: images, inputs: inputs, outputs: outputs, outputSize: outputSize)
        < images * outputSize.area * kernel * kernel * inputs * outputs
  }

  /// The cost in multiply–accumulates of a large matrix product.
  private static func work(images: Int, inputs: Int, outputs: Int, outputSize: Size2D) -> Int {
    let (inputs, outputs) = (inputs.inVectors, outputs.inVectors)
    return images * outputSize.height.inTiles * outputSize.width.inTiles
      * (multiplications * inputs * outputs + channelWork * (inputs + outputs))
  }

  /// The cost of transforming one channel of a tile, measured for 16 to 64 channels.
  private static let channelWork = 500
  /// The cost of transforming the weight of one pair of channels.
  private static let weightWork = 100
}

/// Matrices of equal size, one for each multiplication of a tile, stored one after another.
struct WinogradMatrices {
  let rows: Int
  let columns: Int

  /// The distance between matrices in elements: not a power of two, so that the same element of all
  /// matrices falls into different cache sets.
  var stride: Int { rows * columns + 16 }
  /// Elements of all matrices.
  var elementCount: Int { WinogradTiling.multiplications * stride }

  /// The strides of a transform that reads or writes these matrices.
  var tileStrides: nn_tile_strides {
    let edge = WinogradTiling.edge + WinogradTiling.kernel - 1
    return nn_tile_strides(tile: columns, row: edge * stride, column: stride)
  }

  /// The arguments of the C loops for these matrices, or for their transposes.
  func matrices(_ address: UnsafeMutableRawPointer, transposed: Bool = false) -> nn_matrices {
    nn_matrices(
      address: address, matrix: stride, row: transposed ? 1 : columns,
      column: transposed ? columns : 1)
  }
}

extension Int {
  /// Rounded up to whole vectors of any instruction set.
  var inVectors: Int { roundedUp(toMultipleOf: 16) }
  /// The number of tiles that cover this many output rows or columns.
  fileprivate var inTiles: Int { (self + WinogradTiling.edge - 1) / WinogradTiling.edge }
}
