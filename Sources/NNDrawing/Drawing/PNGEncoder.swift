import NNFormats

/// Encodes images as PNG files (W3C PNG, third edition).
package enum PNGEncoder {
  /// The bytes of a file; encoding is deterministic.
  package static func encode(_ image: RasterImage) -> [UInt8] {
    precondition(image.width > 0 && image.height > 0, "a PNG file needs at least one pixel")
    let (pixels, colors) = packed(image)
    let hasClear = colors?.contains { $0.alpha < 255 } ?? true
    let bytesPerPixel = colors == nil ? 4 : 1
    var header = bigEndian(image.width) + bigEndian(image.height)
    header += [8, colors == nil ? 6 : 3, 0, 0, 0]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    append("IHDR", header, to: &file)
    if let colors {
      append("PLTE", colors.flatMap { [$0.red, $0.green, $0.blue] }, to: &file)
      if hasClear { append("tRNS", colors.map(\.alpha), to: &file) }
    }
    let rows = filtered(
      pixels, rowBytes: image.width * bytesPerPixel, bytesPerPixel: bytesPerPixel,
      isIndexed: colors != nil)
    append("IDAT", ZlibData.deflate(rows), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  /// The image as a `data:` URL for an `<image>`.
  package static func dataAddress(_ image: RasterImage) -> String {
    "data:image/png;base64," + base64(encode(image))
  }

  /// Palette indices and the palette where 256 colours are enough, else all bytes.
  private static func packed(_ image: RasterImage) -> (pixels: [UInt8], colors: [RGBA]?) {
    var numbers: [RGBA: UInt8] = [:]
    var colors: [RGBA] = []
    var indices: [UInt8] = []
    indices.reserveCapacity(image.width * image.height)
    for pixel in 0..<(image.width * image.height) {
      let color = image.color(at: pixel)
      if let number = numbers[color] {
        indices.append(number)
      } else {
        guard colors.count < 256 else { return (image.rgba, nil) }
        numbers[color] = UInt8(colors.count)
        indices.append(UInt8(colors.count))
        colors.append(color)
      }
    }
    return (indices, colors)
  }

  /// Rows, each preceded by the number of its filter: none for indices, else the difference to the
  /// row above.
  private static func filtered(
    _ pixels: [UInt8], rowBytes: Int, bytesPerPixel: Int, isIndexed: Bool
  ) -> [UInt8] {
    let rows = pixels.count / rowBytes
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count + rows)
    for row in 0..<rows {
      let start = row * rowBytes
      if isIndexed || row == 0 {
        result.append(0)
        result += pixels[start..<(start + rowBytes)]
      } else {
        result.append(2)
        for index in start..<(start + rowBytes) {
          result.append(pixels[index] &- pixels[index - rowBytes])
        }
      }
    }
    return result
  }

  private static func append(_ name: String, _ data: [UInt8], to file: inout [UInt8]) {
    let content = Array(name.utf8) + data
    file += bigEndian(data.count) + content + bigEndian(Int(CRC32.checksum(content)))
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      let word = (0..<3).reduce(0) { $0 << 8 | ($1 < count ? Int(bytes[start + $1]) : 0) }
      for digit in 0..<4 {
        text.append(
          digit <= count ? alphabet[word >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
