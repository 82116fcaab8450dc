import NNCore
import NNKernels

/// A 3 × 3 convolution in tiles of 4 × 4 places, by Winograd's minimal filtering F(4×4, 3×3).
///
/// Pictures and weights are transformed so that the 16 sums of 9 products in a tile take 36
/// products instead of 144 (A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks",
/// 2016). Over all tiles and channels these are 36 small matrix products. Rounding errors are two to
/// four times those of plain sums.
struct WinogradTiling {
  /// Places of a tile along each axis.
  static let edge = 4
  /// Elements of the weight under it.
  static let kernel = 3
  /// Products for each tile and pair of channels.
  static let products = (edge + kernel - 1) * (edge + kernel - 1)

  let dtype: DType
  let inputs: Int
  let outputs: Int
  let places: Size2D
  /// The batch in chunks, and each picture's rows of tiles in strips.
  let split: StripSplit
  /// Equal parts of the output channels, each of which chunks of its own compute.
  let outputParts: Int

  /// - Parameters:
  ///   - inputs: Channels of the pictures; `outputs` those of the places.
  ///   - limit: Chunks at most.
  ///   - splitsOutputs: Whether few pictures may be cut by output channels instead of strips.
  init(
    _ dtype: DType, images: Int, inputs: Int, outputs: Int, places: Size2D,
    limit: Int = 2 * MatrixSplit.chunkLimit, splitsOutputs: Bool = false
  ) {
    self.dtype = dtype
    self.inputs = inputs
    self.outputs = outputs
    self.places = places
    // Reading the weights takes longer than everything else, unless there are many tiles.
    let isWeightBound = images * places.area < 8 * inputs
    outputParts =
      splitsOutputs && isWeightBound && outputs % 64 == 0 ? (outputs % 128 == 0 ? 4 : 2) : 1
    let channels = inputs.inVectors + outputs.inVectors
    split = StripSplit(
      images: images, rows: places.height.inTiles,
      multiplyAdds: outputParts > 1
        ? 0 : Self.work(images: images, inputs: inputs, outputs: outputs, places: places),
      bytesPerRow: places.width.inTiles * Self.products * channels * dtype.byteCount, limit: limit)
  }

  /// Tiles in a row of them.
  var columns: Int { places.width.inTiles }

  /// Strips that go through the products together: as many as stay in the second-level cache.
  var stripsAtOnce: Int {
    let channels = inputs.inVectors + outputs.inVectors
    let bytes = split.stripRows * columns * Self.products * channels * dtype.byteCount
    return max(1, min(split.unitsPerChunk, Self.bytesAtOnce / bytes))
  }

  private static let bytesAtOnce = 1 << 19

  /// Tiles that go through the products together, at most.
  var tilesAtOnce: Int { stripsAtOnce * split.stripRows * columns }

  /// Transformed tiles as matrices [tile, channel].
  func tiles(channels: Int) -> WinogradMatrices {
    WinogradMatrices(rows: tilesAtOnce, columns: channels.inVectors)
  }

  // MARK: - When it pays

  /// Whether the transforms cost less than the products that they save.
  static func pays(images: Int, inputs: Int, outputs: Int, places: Size2D) -> Bool {
    let weights = weightWork * inputs.inVectors * outputs.inVectors
    return images > 0
      && weights + work(images: images, inputs: inputs, outputs: outputs, places: places)
        < images * places.area * kernel * kernel * inputs * outputs
  }

  /// In multiply-adds of a large product that take as long.
  private static func work(images: Int, inputs: Int, outputs: Int, places: Size2D) -> Int {
    let (inputs, outputs) = (inputs.inVectors, outputs.inVectors)
    return images * places.height.inTiles * places.width.inTiles
      * (products * inputs * outputs + channelWork * (inputs + outputs))
  }

  /// To transform one channel of a tile, measured for 16 to 64 channels.
  private static let channelWork = 500
  /// To transform the weight of one pair of channels.
  private static let weightWork = 100
}

/// As many equal matrices as a tile has products, one after another.
struct WinogradMatrices {
  let rows: Int
  let columns: Int

  /// Elements between matrices: not a power of two, so that the same element of all of them falls
  /// into different sets of the cache.
  var stride: Int { rows * columns + 16 }
  /// Elements of all matrices.
  var elementCount: Int { WinogradTiling.products * stride }

  /// Where a transform finds or puts the elements of neighbouring rows.
  var squares: nn_squares {
    let edge = WinogradTiling.edge + WinogradTiling.kernel - 1
    return nn_squares(square: columns, row: edge * stride, column: stride)
  }

  /// The matrices in memory, or transposed.
  func matrices(_ address: UnsafeMutableRawPointer, transposed: Bool = false) -> nn_matrices {
    nn_matrices(
      address: address, matrix: stride, row: transposed ? 1 : columns,
      column: transposed ? columns : 1)
  }
}

extension Int {
  /// Rounded up to whole vectors of any instruction set.
  var inVectors: Int { roundedUp(toMultipleOf: 16) }
  /// Rows or columns of tiles over so many of places.
  fileprivate var inTiles: Int { (self + WinogradTiling.edge - 1) / WinogradTiling.edge }
}
