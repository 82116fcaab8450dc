import NNCore

/// Reads the bitmaps, grey maps and pixmaps of Netpbm: P1 to P6, `.pbm`, `.pgm`, `.ppm`.
///
/// A level v of a file with the largest level m becomes 255 v / m, rounded; on ties to even.
///
/// Source: https://netpbm.sourceforge.net/doc/
struct NetpbmFile {
  private let bytes: [UInt8]
  private let place: String
  private var position = 2

  /// Decodes a file; the first two bytes are those of the format.
  ///
  /// - Throws: `NNError` for a damaged header, a level above the largest, and missing data.
  static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> PixelImage {
    var file = NetpbmFile(bytes, at: place)
    return try file.image()
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private init(_ bytes: [UInt8], at place: String) {
    self.bytes = bytes
    self.place = place
  }

  private mutating func image() throws(NNError) -> PixelImage {
    // 1 to 3 are texts, 4 to 6 the same in binary.
    let format = bytes[1] - UInt8(ascii: "0")
    let isText = format <= 3
    let isBitmap = format == 1 || format == 4
    let channels = format == 3 || format == 6 ? 3 : 1
    let width = try number("the width")
    let height = try number("the height")
    let largest = isBitmap ? 1 : try number("the largest level")
    guard 1...65535 ~= largest else {
      throw .invalid("is damaged: the largest level is \(largest), not 1 to 65535", at: place)
    }
    // One byte of space precedes binary data.
    if !isText { position += 1 }
    let count = try ImageBounds.check(
      width: width, height: height, channels: channels, byteCount: bytes.count, at: place)
    let bytesPerLevel = largest > 255 ? 2 : 1
    let needed =
      isText ? count : isBitmap ? (width + 7) / 8 * height : count * bytesPerLevel
    let found = max(0, bytes.count - position)
    guard found >= needed else {
      throw .invalid("is truncated: expected \(needed) bytes of data, found \(found)", at: place)
    }
    if isBitmap {
      return try isText ? textBitmap(width, height) : bitmap(width, height)
    }
    let scaled = (0...largest).map { level in
      UInt8((Double(level) / Double(largest) * 255).rounded(.toNearestOrEven))
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count)
    for index in 0..<count {
      let level: Int
      if isText {
        level = try number("a level")
      } else if bytesPerLevel == 2 {
        level = Int(bytes[position + 2 * index]) << 8 | Int(bytes[position + 2 * index + 1])
      } else {
        level = Int(bytes[position + index])
      }
      guard level <= largest else {
        throw .invalid("is damaged: the level \(level) is above the largest, \(largest)", at: place)
      }
      pixels.append(scaled[level])
    }
    return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// One bit for each pixel, 1 for black; rows begin with a byte.
  private func bitmap(_ width: Int, _ height: Int) throws(NNError) -> PixelImage {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height)
    for row in 0..<height {
      let start = position + row * ((width + 7) / 8)
      for column in 0..<width {
        pixels.append(bytes[start + column / 8] >> (7 - UInt8(column % 8)) & 1 == 1 ? 0 : 255)
      }
    }
    return PixelImage(width: width, height: height, channels: 1, pixels: pixels)
  }

  /// One digit for each pixel, with or without space between them.
  private mutating func textBitmap(_ width: Int, _ height: Int) throws(NNError) -> PixelImage {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height)
    for _ in 0..<width * height {
      skipSpace()
      guard position < bytes.count, bytes[position] == 0x30 || bytes[position] == 0x31 else {
        throw .invalid(
          "is damaged or truncated: expected \(width * height) digits 0 or 1, found \(pixels.count)",
          at: place)
      }
      pixels.append(bytes[position] == 0x31 ? 0 : 255)
      position += 1
    }
    return PixelImage(width: width, height: height, channels: 1, pixels: pixels)
  }

  /// Skips white space, and comments from `#` to the end of the line.
  private mutating func skipSpace() {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D {
          position += 1
        }
      } else if Self.isSpace(bytes[position]) {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func number(_ what: String) throws(NNError) -> Int {
    skipSpace()
    let start = position
    var number = 0
    while position < bytes.count, 0x30...0x39 ~= bytes[position], position - start < 10 {
      number = number * 10 + Int(bytes[position] - 0x30)
      position += 1
    }
    guard position > start else {
      throw .invalid(
        start >= bytes.count
          ? "is truncated: \(what) is missing" : "is damaged: expected \(what) at byte \(start)",
        at: place)
    }
    return number
  }
}
