import NNCore

/// Reads uncompressed Windows and OS/2 bitmaps, `.bmp`: palettes of 1, 4 and 8 bits, and colours of
/// 16, 24 and 32 bits with any masks.
///
/// Source: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
struct BitmapFile {
  private let bytes: [UInt8]
  private let place: String

  /// Decodes a file.
  ///
  /// - Throws: `NNError` for a damaged header, run-length compression, and missing data.
  static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> PixelImage {
    try BitmapFile(bytes: bytes, place: place).image()
  }

  /// An unsigned little-endian number, 0 beyond the end.
  private func number(_ offset: Int, _ width: Int) -> Int {
    var value = 0
    for index in (0..<width).reversed() {
      value = value << 8 | (offset + index < bytes.count ? Int(bytes[offset + index]) : 0)
    }
    return value
  }

  private func image() throws(NNError) -> PixelImage {
    let dataStart = number(10, 4)
    let headerSize = number(14, 4)
    let isCore = headerSize == 12
    guard isCore || 40...1024 ~= headerSize, bytes.count >= 14 + headerSize else {
      throw .invalid(
        bytes.count < 54
          ? "is truncated: the header of a bitmap is missing"
          : "is damaged: its header has \(headerSize) bytes", at: place)
    }
    let width = isCore ? number(18, 2) : Int(Int32(truncatingIfNeeded: number(18, 4)))
    let signedHeight = isCore ? number(20, 2) : Int(Int32(truncatingIfNeeded: number(22, 4)))
    let bits = number(isCore ? 24 : 28, 2)
    let compression = isCore ? 0 : number(30, 4)
    // 3 and 6: colours with masks, without and with opacity.
    guard compression == 0 || compression == 3 || compression == 6 else {
      throw .invalid(
        "is a bitmap with compression \(compression), which is not read", at: place,
        hint: "save it without compression, or as PNG")
    }
    guard [1, 4, 8, 16, 24, 32].contains(bits) else {
      throw .invalid("is damaged: \(bits) bits per pixel", at: place)
    }
    let hasMasks = compression != 0 && bits >= 16
    let maskCount = headerSize >= 56 || compression == 6 ? 4 : 3
    let masks =
      hasMasks
      ? (0..<maskCount).map { number(54 + 4 * $0, 4) }
      : bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF]
    let height = abs(signedHeight)
    let channels = bits <= 8 ? 3 : masks.count == 4 && masks[3] != 0 ? 4 : 3
    let count = try ImageBounds.check(
      width: width, height: height, channels: channels, byteCount: bytes.count, at: place)
    let stride = (bits * width + 31) / 32 * 4
    guard dataStart + stride * height <= bytes.count else {
      throw .invalid(
        "is truncated: expected \(dataStart + stride * height) bytes, found \(bytes.count)",
        at: place)
    }
    let pixel: (Int, Int, inout [UInt8]) throws(NNError) -> Void
    if bits <= 8 {
      let paletteStart = 14 + headerSize + (compression != 0 && headerSize == 40 ? 12 : 0)
      let palette = palette(from: paletteStart, to: dataStart, isCore: isCore)
      pixel = { [self] row, column, out throws(NNError) in
        let perByte = 8 / bits
        let shift = (perByte - 1 - column % perByte) * bits
        let index = Int(bytes[row + column / perByte]) >> shift & (1 << bits - 1)
        guard index < palette.count else {
          throw .invalid(
            "is damaged: the colour \(index) is outside the palette of \(palette.count)",
            at: place)
        }
        out += palette[index]
      }
    } else {
      let fields = masks.prefix(channels).map(Field.init)
      pixel = { [self] row, column, out throws(NNError) in
        let value = number(row + column * bits / 8, bits / 8)
        for field in fields { out.append(field.byte(of: value)) }
      }
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count)
    for row in 0..<height {
      // Rows are stored from bottom to top unless the height is negative.
      let start = dataStart + stride * (signedHeight < 0 ? row : height - 1 - row)
      for column in 0..<width { try pixel(start, column, &pixels) }
    }
    return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// The colours of the palette, each red, green, blue.
  private func palette(from start: Int, to end: Int, isCore: Bool) -> [[UInt8]] {
    let size = isCore ? 3 : 4
    let declared = isCore ? 0 : number(46, 4)
    let room = max(0, min(end, bytes.count) - start) / size
    let count = min(declared == 0 ? 256 : declared, 256, room)
    return (0..<count).map { index in
      let offset = start + size * index
      return [bytes[offset + 2], bytes[offset + 1], bytes[offset]]
    }
  }

  /// The bits of a channel in a pixel.
  private struct Field {
    let shift: Int
    let largest: Int

    init(mask: Int) {
      shift = mask == 0 ? 0 : mask.trailingZeroBitCount
      largest = mask >> shift
    }

    /// The channel as a byte: the largest value becomes 255.
    func byte(of pixel: Int) -> UInt8 {
      largest == 0 ? 0 : UInt8(clamping: (pixel >> shift & largest) * 255 / largest)
    }
  }
}
