import NNCore
import NNKernels

/// A convolution of known shapes, cut into products of matrices that fit the second-level cache.
///
/// For one picture, one group and a strip of output rows, the patches under the window form a
/// matrix P of [C/groups · kH · kW, rows · width]; then output = W · P, ∂P = Wᵀ · ∂output and
/// ∂W = ∂output · Pᵀ. P is computed where it is needed and never stored.
struct ConvolutionWork {
  let dtype: DType
  let images: Int
  let groups: Int
  /// Channels of one group.
  let inputChannels: Int
  let outputChannels: Int
  let picture: Size2D
  let places: Size2D
  let window: Window
  /// Output rows of a strip; the last one may be shorter.
  let stripRows: Int

  /// Bytes that the patches of a strip may take: half of a common second-level cache.
  private static let patchBytes = 1 << 20

  init(_ geometry: ConvolutionGeometry, pictures: Shape, weight: Shape, dtype: DType) {
    self.dtype = dtype
    images = pictures[0]
    groups = geometry.groups
    inputChannels = pictures[1] / geometry.groups
    outputChannels = weight[0] / geometry.groups
    picture = Size2D(height: pictures[2], width: pictures[3])
    window = geometry.window(Size2D(height: weight[2], width: weight[3]))
    places = window.places(over: picture)
    let rowBytes = inputChannels * weight[2] * weight[3] * places.width * dtype.byteCount
    let fitting = max(1, Self.patchBytes / max(1, rowBytes))
    // A lone picture must still give several threads something to do.
    let work = pictures.elementCount / max(1, picture.area) * weight[0] * weight[2] * weight[3]
    let wanted = images >= 4 ? 1 : max(1, min(4, work * places.area / MatrixSplit.chunkWork))
    let strips = max(wanted, (places.height + fitting - 1) / fitting)
    stripRows = max(1, (places.height + strips - 1) / strips)
  }

  /// Rows of the patch matrix: what one output element sums over.
  var patch: Int { inputChannels * window.kernel.area }
  var strips: Int { (places.height + stripRows - 1) / stripRows }
  /// Whether the patch matrix is the picture itself.
  var isPointwise: Bool {
    window.kernel == 1 && window.stride == 1 && window.padding == 0
  }
  var multiplications: Int {
    images * groups * outputChannels * places.area * patch
  }

  /// Scratch bytes for the patches of one worker.
  var patchByteCount: Int {
    (isPointwise ? 0 : patch * stripRows * places.width * dtype.byteCount)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// How many of `units` equal pieces of the whole work make one of at most `limit` chunks.
  func unitsPerChunk(of units: Int, limit: Int = 2 * MatrixSplit.chunkLimit) -> Int {
    let wanted = max(1, min(limit, multiplications / MatrixSplit.chunkWork))
    return max(1, (units + wanted - 1) / wanted)
  }

  /// The output rows of a strip.
  func rows(ofStrip strip: Int) -> Range<Int> {
    strip * stripRows..<min(places.height, (strip + 1) * stripRows)
  }

  /// Elements before a group's planes of one picture.
  func pictureOffset(image: Int, group: Int) -> Int {
    (image * groups + group) * inputChannels * picture.area
  }

  /// Elements before a group's planes of one output, from row `row` on.
  func outputOffset(image: Int, group: Int, row: Int) -> Int {
    (image * groups + group) * outputChannels * places.area + row * places.width
  }

  /// Elements before a group's part of the weight.
  func weightOffset(group: Int) -> Int { group * outputChannels * patch }

  /// The patch matrix of a strip: the picture itself, or computed into `scratch`.
  func patches(
    of pictures: UnsafeMutableRawPointer, image: Int, group: Int, rows: Range<Int>,
    into scratch: UnsafeMutableRawPointer, _ loops: UnsafePointer<nn_kernels>
  ) -> (address: UnsafeMutableRawPointer, rowStride: Int) {
    let planes = pictures + pictureOffset(image: image, group: group) * dtype.byteCount
    if isPointwise {
      return (planes + rows.lowerBound * places.width * dtype.byteCount, places.area)
    }
    let columns = rows.count * places.width
    withUnsafePointer(to: slide(rows)) { loops.pointee.im2col(scratch, columns, planes, $0) }
    return (scratch, columns)
  }

  /// The window over a strip, as the vector loops read it.
  func slide(_ rows: Range<Int>) -> nn_window {
    window.loops(channels: inputChannels, picture: picture, rows: rows, columns: places.width)
  }
}

extension Size2D {
  /// height · width
  var area: Int { height * width }
}
