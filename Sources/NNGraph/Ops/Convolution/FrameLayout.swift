import NNCore
import NNKernels

/// Pictures with their padding in scratch memory, so that every view under a convolution's window
/// is a shift of one flat array.
///
/// A row's zeros on the right and the next row's zeros on the left share their place. With a stride
/// a channel falls into planes, one for each remainder of the row and the column that the window
/// meets; within a plane neighbouring places of the window are neighbours.
struct FrameLayout {
  let channels: Int
  let picture: Size2D
  let stride: Size2D
  /// Planes of a channel: the remainders that the window's cells leave by the stride.
  let phases: Size2D
  let top: Int
  let left: Int
  /// Elements between rows.
  let pitch: Int
  /// Rows of places that a frame serves: all, or those of a strip.
  var rows: Int
  /// Rows that the window needs below its first.
  let overhang: Int
  /// Whether a frame would be a copy of the picture's rows, which are then read where they lie.
  let isPicture: Bool
  /// Zeros behind the last plane: the last row's share of zeros, and what a vector reads beyond.
  private let slack: Int

  /// - Parameters:
  ///   - stride: Of the places over the padded picture.
  ///   - span: Rows and columns that the window covers.
  ///   - top: Zeros above the first row; `left` of them before a row's first element.
  ///   - size: Rows and columns of each plane that are read, for all rows of places.
  ///   - overhang: How many of these rows lie below the last row of places.
  init(
    channels: Int, picture: Size2D, stride: Size2D = 1, span: Size2D = 1, top: Int = 0,
    left: Int = 0, size: Size2D, overhang: Int
  ) {
    self.channels = channels
    self.picture = picture
    self.stride = stride
    phases = Size2D(
      height: min(stride.height, span.height), width: min(stride.width, span.width))
    self.top = top
    self.left = left
    self.overhang = overhang
    rows = size.height - overhang
    let zerosBefore = left / stride.width
    let zerosAfter = size.width - (picture.width + left + stride.width - 1) / stride.width
    let shared = max(0, min(zerosBefore, zerosAfter))
    pitch = size.width - shared
    slack = shared + 16
    // Offsets into pictures larger than that are no Int32; frames of their rows are small.
    let isAddressable = channels * picture.area <= Int(Int32.max)
    isPicture =
      stride == 1 && top == 0 && left == 0 && pitch == picture.width
      && size.height <= picture.height && isAddressable
  }

  /// Elements between channels.
  var channelStride: Int {
    isPicture ? picture.area : phases.area * (rows + overhang) * pitch
  }

  /// Elements of a frame in scratch memory.
  var elementCount: Int { isPicture ? 0 : channels * channelStride + slack }

  /// Elements of the frame's rows of one channel: what a row more costs.
  var elementsPerRow: Int { isPicture ? 0 : channels * phases.area * pitch }

  /// Where an element under the window lies, from the place (0, 0) of its channel.
  ///
  /// - Parameter tap: Row and column in the padded picture for that place.
  func offset(ofTap tap: Size2D) -> Int {
    let plane = tap.height % stride.height * phases.width + tap.width % stride.width
    return (plane * (rows + overhang) + tap.height / stride.height) * pitch
      + tap.width / stride.width
  }

  /// The offsets of these taps in each of `channels` channels, in this order.
  func offsets(channels: Int, taps: [Size2D]) -> [Int32] {
    (0..<channels).flatMap { channel in
      taps.map { Int32(channel * channelStride + offset(ofTap: $0)) }
    }
  }

  /// The frame from row `row` of places on: written into `scratch`, or the pictures themselves.
  func frame(
    _ pictures: UnsafeMutableRawPointer, fromRow row: Int, into scratch: UnsafeMutableRawPointer,
    _ loops: UnsafePointer<nn_kernels>
  ) -> UnsafeMutableRawPointer {
    guard !isPicture else { return pictures + row * pitch * loops.pointee.element_size }
    var frame = nn_frame(
      channels: Int64(channels), height: Int64(picture.height), width: Int64(picture.width),
      rows: Int64(rows + overhang), pitch: Int64(pitch), first_row: Int64(row),
      stride_y: Int64(stride.height), stride_x: Int64(stride.width),
      phases_y: Int64(phases.height), phases_x: Int64(phases.width), pad_top: Int64(top),
      pad_left: Int64(left), slack: Int64(slack))
    loops.pointee.frame(scratch, pictures, &frame)
    return scratch
  }
}
