import NNFormats

/// Pictures as PNG files (W3C PNG, third edition).
package enum PNGEncoder {
  /// The bytes of a file; the same picture always gives the same bytes.
  package static func encode(_ picture: Picture) -> [UInt8] {
    precondition(picture.width > 0 && picture.height > 0, "PNG knows no empty picture")
    let (pixels, colors) = packed(picture)
    let hasClear = colors?.contains { $0.alpha < 255 } ?? true
    let bytesPerPixel = colors == nil ? 4 : 1
    var header = bigEndian(picture.width) + bigEndian(picture.height)
    header += [8, colors == nil ? 6 : 3, 0, 0, 0]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    append("IHDR", header, to: &file)
    if let colors {
      append("PLTE", colors.flatMap { [$0.red, $0.green, $0.blue] }, to: &file)
      if hasClear { append("tRNS", colors.map(\.alpha), to: &file) }
    }
    let rows = filtered(
      pixels, rowBytes: picture.width * bytesPerPixel, bytesPerPixel: bytesPerPixel,
      isIndexed: colors != nil)
    append("IDAT", ZlibData.deflate(rows), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  /// The picture as the address of an `<image>`.
  package static func dataAddress(_ picture: Picture) -> String {
    "data:image/png;base64," + base64(encode(picture))
  }

  /// Indices and their colours where 256 are enough, else all bytes.
  private static func packed(_ picture: Picture) -> (pixels: [UInt8], colors: [RGBA]?) {
    var numbers: [RGBA: UInt8] = [:]
    var colors: [RGBA] = []
    var indices: [UInt8] = []
    indices.reserveCapacity(picture.width * picture.height)
    for pixel in 0..<(picture.width * picture.height) {
      let color = picture.color(at: pixel)
      if let number = numbers[color] {
        indices.append(number)
      } else {
        guard colors.count < 256 else { return (picture.rgba, nil) }
        numbers[color] = UInt8(colors.count)
        indices.append(UInt8(colors.count))
        colors.append(color)
      }
    }
    return (indices, colors)
  }

  /// Rows, each behind the number of its filter: none for indices, else the difference to the row
  /// above.
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
