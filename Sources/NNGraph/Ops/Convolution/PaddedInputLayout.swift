import NNCore
import NNKernels

/// The layout of images with their padding in scratch memory, in which every kernel element reads a
/// shifted view of one flat array.
///
/// The zeros on the right of a row and on the left of the next row share memory. With a stride, a
/// channel is split into planes by the remainders of row and column modulo the stride; within a
/// plane, neighbouring output positions read neighbouring elements.
struct PaddedInputLayout {
  let channels: Int
  let imageSize: Size2D
  let stride: Size2D
  /// Planes of a channel: the remainders of the kernel elements' offsets modulo the stride.
  let phases: Size2D
  let top: Int
  let left: Int
  /// The row stride in elements.
  let pitch: Int
  /// The number of output rows that a padded input serves: all, or those of a block.
  var rows: Int
  /// The number of input rows that the window needs below its first.
  let overhang: Int
  /// Whether the padded input would equal the image's rows, which are then read without a copy.
  let readsInPlace: Bool
  /// Zeros after the last plane: the zeros of the last row, and what a vector reads past the end.
  private let slack: Int

  /// - Parameters:
  ///   - stride: The stride of the window.
  ///   - span: The extent of the dilated kernel.
  ///   - top: Rows of zeros above the first row.
  ///   - left: Zeros before the first element of a row.
  ///   - size: The rows and columns of each plane that are read for all output rows.
  ///   - overhang: The number of these rows below the last output row.
  init(
    channels: Int, imageSize: Size2D, stride: Size2D = 1, span: Size2D = 1, top: Int = 0,
    left: Int = 0, size: Size2D, overhang: Int
  ) {
    self.channels = channels
    self.imageSize = imageSize
    self.stride = stride
    phases = Size2D(
      height: min(stride.height, span.height), width: min(stride.width, span.width))
    self.top = top
    self.left = left
    self.overhang = overhang
    rows = size.height - overhang
    let zerosBefore = left / stride.width
    let zerosAfter = size.width - (imageSize.width + left + stride.width - 1) / stride.width
    let shared = max(0, min(zerosBefore, zerosAfter))
    pitch = size.width - shared
    slack = shared + 16
    // Offsets into larger images exceed Int32; padded copies of their row blocks are small.
    let isAddressable = channels * imageSize.area <= Int(Int32.max)
    readsInPlace =
      stride == 1 && top == 0 && left == 0 && pitch == imageSize.width
      && size.height <= imageSize.height && isAddressable
  }

  /// The channel stride in elements.
  var channelStride: Int {
    readsInPlace ? imageSize.area : phases.area * (rows + overhang) * pitch
  }

  /// Elements of a padded input in scratch memory.
  var elementCount: Int { readsInPlace ? 0 : channels * channelStride + slack }

  /// Elements that each row adds to a padded input.
  var elementsPerRow: Int { readsInPlace ? 0 : channels * phases.area * pitch }

  /// The offset of a position in the padded image, relative to the start of its channel.
  func offset(at position: Size2D) -> Int {
    let plane = position.height % stride.height * phases.width + position.width % stride.width
    return (plane * (rows + overhang) + position.height / stride.height) * pitch
      + position.width / stride.width
  }

  /// The offsets of the kernel's elements in each of `channels` channels, ordered by channel.
  func offsets(channels: Int, kernelOffsets: [Size2D]) -> [Int32] {
    (0..<channels).flatMap { channel in
      kernelOffsets.map { Int32(channel * channelStride + offset(at: $0)) }
    }
  }

  /// The padded input from output row `row` on: written into `scratch`, or `input` itself.
  func paddedInput(
    _ input: UnsafeMutableRawPointer, fromRow row: Int, into scratch: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) -> UnsafeMutableRawPointer {
    guard !readsInPlace else { return input + row * pitch * loops.pointee.element_size }
    var descriptor = nn_padded_image(
      channels: Int64(channels), height: Int64(imageSize.height), width: Int64(imageSize.width),
      rows: Int64(rows + overhang), pitch: Int64(pitch), first_row: Int64(row),
      stride_y: Int64(stride.height), stride_x: Int64(stride.width),
      phases_y: Int64(phases.height), phases_x: Int64(phases.width), pad_top: Int64(top),
      pad_left: Int64(left), slack: Int64(slack))
    loops.pointee.pad_image(scratch, input, &descriptor)
    return scratch
  }
}
