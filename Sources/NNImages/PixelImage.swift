import NNCore

/// An image in memory, 8 bits per channel: rows from top to bottom, pixels from left to right, the
/// channels of a pixel next to each other.
package struct PixelImage: Sendable, Hashable {
  /// The number of columns.
  package let width: Int
  /// The number of rows.
  package let height: Int
  /// 1: grey; 2: grey and opacity; 3: red, green, blue; 4: the same and opacity.
  package let channels: Int
  /// The pixels, height · width · channels bytes.
  package let pixels: [UInt8]

  /// Creates an image.
  ///
  /// - Precondition: The number of bytes matches, and is not 0.
  package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && 1...4 ~= channels && pixels.count == width * height * channels,
      "\(pixels.count) bytes are no image of \(width) × \(height) × \(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The same image in the given colours and without transparency.
  ///
  /// A channel c with opacity a over the background b becomes (c·a + b·(255 − a)) / 255, rounded;
  /// colours become grey as in Pillow's `convert("L")`: (19595 R + 38470 G + 7471 B + 2¹⁵) / 2¹⁶.
  package func converted(to color: ImageColor, background: ImageBackground) -> PixelImage {
    guard channels != color.channels else { return self }
    let target = color.channels
    let isGrey = channels <= 2
    let colors = isGrey ? 1 : 3
    let hasAlpha = channels == colors + 1
    let level = UInt32(background.level)
    let converted = [UInt8](unsafeUninitializedCapacity: width * height * target) { out, count in
      pixels.withUnsafeBufferPointer { source in
        func value(_ offset: Int, _ channel: Int) -> UInt32 {
          let value = UInt32(source[offset + channel])
          guard hasAlpha else { return value }
          let alpha = UInt32(source[offset + colors])
          return (value * alpha + level * (255 - alpha) + 127) / 255
        }
        for pixel in 0..<width * height {
          let offset = pixel * channels
          let red = value(offset, 0)
          if isGrey {
            for channel in 0..<target { out[pixel * target + channel] = UInt8(red) }
          } else {
            let (green, blue) = (value(offset, 1), value(offset, 2))
            if target == 1 {
              out[pixel] = UInt8((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16)
            } else {
              out[pixel * 3] = UInt8(red)
              out[pixel * 3 + 1] = UInt8(green)
              out[pixel * 3 + 2] = UInt8(blue)
            }
          }
        }
      }
      count = width * height * target
    }
    return PixelImage(width: width, height: height, channels: target, pixels: converted)
  }

  /// The pixels with one plane per channel, [channels, height, width], written to a buffer of that
  /// many bytes.
  func writePlanes(to target: UnsafeMutableRawBufferPointer) {
    precondition(target.count == pixels.count, "a buffer of another size")
    pixels.withUnsafeBufferPointer { source in
      let plane = width * height
      for channel in 0..<channels {
        for pixel in 0..<plane {
          target[channel * plane + pixel] = source[pixel * channels + channel]
        }
      }
    }
  }
}

/// The bounds of images that are decoded, checked against the size that a file declares before any
/// memory is allocated.
enum ImageBounds {
  /// The largest number of pixels: Pillow's limit against decompression bombs.
  static let largestPixelCount = 178_956_970
  /// More pixels than a byte of a PNG file can hold: 8 of 1 bit, compressed 1032 : 1.
  private static let pixelsPerByte = 1032 * 8
  /// Images up to this number of pixels may have any number of bytes, as those of one colour in WebP.
  private static let smallPixelCount = 1 << 24

  /// Verifies the size that a file declares.
  ///
  /// - Parameters:
  ///   - byteCount: The size of the file.
  ///   - channels: The number of channels of the decoded image.
  /// - Returns: The bytes of the decoded image.
  /// - Throws: `NNError` for an empty image, one that the file is too short to hold, and one with
  ///   more pixels or bytes than the limits.
  static func check(
    width: Int, height: Int, channels: Int, byteCount: Int, at place: String
  ) throws(NNError) -> Int {
    let size = "\(width) × \(height) pixels"
    guard width > 0, height > 0 else { throw .invalid("is damaged: declares \(size)", at: place) }
    let count = width.multipliedSaturating(by: height)
    guard count <= largestPixelCount else {
      throw .invalid(
        "declares \(size); the limit is \(largestPixelCount) pixels", at: place,
        hint: "save it with a smaller size")
    }
    guard count <= max(smallPixelCount, byteCount.multipliedSaturating(by: pixelsPerByte)) else {
      throw .invalid(
        "is damaged: declares \(size), more than \(byteCount) bytes can hold", at: place)
    }
    // The decoded image, its conversion and the decoder's own memory.
    try MemoryLimit.check(count * 4 * 3, "an image of \(size)", at: place)
    return count * channels
  }
}
