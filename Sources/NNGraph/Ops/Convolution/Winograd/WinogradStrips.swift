import NNCore
import NNKernels

/// Strips of pictures on their way into or out of Winograd's domain, through frames whose channels
/// are neighbours.
struct WinogradStrips {
  let dtype: DType
  let channels: Int
  let picture: Size2D
  let transform: nn_winograd
  /// Rows and columns that a tile reads beyond its own.
  let overhang: Int
  /// Zeros above the first row of tiles and before the first column.
  let before: Size2D
  /// Tiles in a row of them.
  let columns: Int

  /// Rows and columns of the frame of `rows` rows of tiles.
  private func size(rows: Int) -> Size2D {
    Size2D(
      height: rows * WinogradTiling.edge + overhang,
      width: columns * WinogradTiling.edge + overhang)
  }

  /// Bytes of the frame of `rows` rows of tiles.
  func frameByteCount(rows: Int) -> Int {
    size(rows: rows).area * channels.inVectors * dtype.byteCount
  }

  private func frame(_ rows: Range<Int>) -> nn_channels_last {
    let size = size(rows: rows.count)
    return nn_channels_last(
      channels: Int64(channels), height: Int64(picture.height), width: Int64(picture.width),
      rows: Int64(size.height), columns: Int64(size.width), pitch: Int64(channels.inVectors),
      first_y: Int64(rows.lowerBound * WinogradTiling.edge - before.height),
      first_x: Int64(-before.width))
  }

  /// The tiles of one row of them in a frame.
  private var squares: nn_squares {
    let pitch = channels.inVectors
    return nn_squares(
      square: WinogradTiling.edge * pitch, row: size(rows: 1).width * pitch, column: pitch)
  }

  private func byteOffset(ofRow row: Int) -> Int {
    WinogradTiling.edge * row * size(rows: 1).width * channels.inVectors * dtype.byteCount
  }

  /// Transforms rows of tiles of one picture into `tiles`, from number `first` on.
  func read(
    _ picture: UnsafeMutableRawPointer, rows: Range<Int>, through scratch: UnsafeMutableRawPointer,
    into tiles: UnsafeMutableRawPointer, _ matrices: WinogradMatrices, from first: Int,
    _ loops: UnsafePointer<nn_kernels>
  ) {
    var frame = frame(rows)
    loops.pointee.frame_channels_last(scratch, picture, &frame)
    var (source, target) = (squares, matrices.squares)
    for row in 0..<rows.count {
      loops.pointee.winograd(
        transform, tiles + (first + row * columns) * matrices.columns * dtype.byteCount, &target,
        scratch + byteOffset(ofRow: row), &source, columns, matrices.columns)
    }
  }

  /// The other way: from tiles, `first` and following, to rows of a picture.
  func write(
    _ picture: UnsafeMutableRawPointer, rows: Range<Int>, through scratch: UnsafeMutableRawPointer,
    from tiles: UnsafeMutableRawPointer, _ matrices: WinogradMatrices, from first: Int,
    _ loops: UnsafePointer<nn_kernels>
  ) {
    var (source, target) = (matrices.squares, squares)
    for row in 0..<rows.count {
      loops.pointee.winograd(
        transform, scratch + byteOffset(ofRow: row), &target,
        tiles + (first + row * columns) * matrices.columns * dtype.byteCount, &source, columns,
        matrices.columns)
    }
    var frame = frame(rows)
    loops.pointee.unframe_channels_last(picture, scratch, &frame)
  }
}

extension WinogradStrips {
  /// Pictures [N, C, H, W] as a convolution reads them.
  init(of pictures: TensorType, before: Size2D, columns: Int) {
    self.init(
      dtype: pictures.dtype, channels: pictures.shape[1],
      picture: Size2D(height: pictures.shape[2], width: pictures.shape[3]),
      transform: NN_WINOGRAD_PICTURE, overhang: WinogradTiling.kernel - 1, before: before,
      columns: columns)
  }
}
