import NNCore
import NNKernels

/// Transforms rows of tiles of an image into or out of the Winograd domain, through padded
/// channels-last copies.
struct WinogradTileRows {
  let dtype: DType
  let channels: Int
  let imageSize: Size2D
  let transform: nn_winograd
  /// Rows and columns that a tile reads past its own.
  let overhang: Int
  /// Zeros above the first row of tiles and before the first column.
  let before: Size2D
  /// Tiles per row.
  let columns: Int

  /// The size of the padded copy for `rows` rows of tiles.
  private func size(rows: Int) -> Size2D {
    Size2D(
      height: rows * WinogradTiling.edge + overhang,
      width: columns * WinogradTiling.edge + overhang)
  }

  /// Bytes of the padded copy for `rows` rows of tiles.
  func paddedByteCount(rows: Int) -> Int {
    size(rows: rows).area * channels.inVectors * dtype.byteCount
  }

  private func descriptor(_ rows: Range<Int>) -> nn_channels_last {
    let size = size(rows: rows.count)
    return nn_channels_last(
      channels: Int64(channels), height: Int64(imageSize.height), width: Int64(imageSize.width),
      rows: Int64(size.height), columns: Int64(size.width), pitch: Int64(channels.inVectors),
      first_y: Int64(rows.lowerBound * WinogradTiling.edge - before.height),
      first_x: Int64(-before.width))
  }

  /// The strides of tiles, rows and columns in the padded copy.
  private var tileStrides: nn_tile_strides {
    let pitch = channels.inVectors
    return nn_tile_strides(
      tile: WinogradTiling.edge * pitch, row: size(rows: 1).width * pitch, column: pitch)
  }

  private func byteOffset(ofRow row: Int) -> Int {
    WinogradTiling.edge * row * size(rows: 1).width * channels.inVectors * dtype.byteCount
  }

  /// Transforms rows of tiles of one image into `tiles`, from tile `first` on.
  func read(
    _ image: UnsafeMutableRawPointer, rows: Range<Int>, through scratch: UnsafeMutableRawPointer,
    into tiles: UnsafeMutableRawPointer, _ matrices: WinogradMatrices, from first: Int,
    _ loops: UnsafePointer<nn_kernels>
  ) {
    var descriptor = descriptor(rows)
    loops.pointee.pad_channels_last(scratch, image, &descriptor)
    var (source, target) = (tileStrides, matrices.tileStrides)
    for row in 0..<rows.count {
      loops.pointee.winograd(
        transform, tiles + (first + row * columns) * matrices.columns * dtype.byteCount, &target,
        scratch + byteOffset(ofRow: row), &source, columns, matrices.columns)
    }
  }

  /// Transforms tiles back, from tile `first` on, into rows of an image.
  func write(
    _ image: UnsafeMutableRawPointer, rows: Range<Int>, through scratch: UnsafeMutableRawPointer,
    from tiles: UnsafeMutableRawPointer, _ matrices: WinogradMatrices, from first: Int,
    _ loops: UnsafePointer<nn_kernels>
  ) {
    var (source, target) = (matrices.tileStrides, tileStrides)
    for row in 0..<rows.count {
      loops.pointee.winograd(
        transform, scratch + byteOffset(ofRow: row), &target,
        tiles + (first + row * columns) * matrices.columns * dtype.byteCount, &source, columns,
        matrices.columns)
    }
    var descriptor = descriptor(rows)
    loops.pointee.unpad_channels_last(image, scratch, &descriptor)
  }
}

extension WinogradTileRows {
  /// Creates the transform of the input [N, C, H, W] of a convolution.
  init(of input: TensorType, before: Size2D, columns: Int) {
    self.init(
      dtype: input.dtype, channels: input.shape[1],
      imageSize: Size2D(height: input.shape[2], width: input.shape[3]),
      transform: NN_WINOGRAD_INPUT, overhang: WinogradTiling.kernel - 1, before: before,
      columns: columns)
  }
}
