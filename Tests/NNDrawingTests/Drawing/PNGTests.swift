import NNDrawing
import NNFormats
import Testing

@Suite struct PNGTests {
  /// The chunks of a PNG file, their checksums verified.
  private static func chunks(_ file: [UInt8]) throws -> [(name: String, data: [UInt8])] {
    #expect(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var chunks: [(String, [UInt8])] = []
    var position = 8
    while position < file.count {
      let count = file[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
      let content = Array(file[(position + 4)..<(position + 8 + count)])
      let sum = file[(position + 8 + count)..<(position + 12 + count)].reduce(0) {
        $0 << 8 | UInt32($1)
      }
      #expect(slowChecksum(content) == sum)
      chunks.append(
        (String(decoding: content.prefix(4), as: UTF8.self), Array(content.dropFirst(4))))
      position += 12 + count
    }
    return chunks
  }

  /// CRC-32 bit by bit.
  private static func slowChecksum(_ bytes: [UInt8]) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~remainder
  }

  /// Red, green, blue and opacity of all pixels, by the rules of the standard.
  private static func decoded(_ file: [UInt8]) throws -> (width: Int, height: Int, rgba: [UInt8]) {
    let chunks = try chunks(file)
    #expect(chunks.first?.name == "IHDR" && chunks.last?.name == "IEND")
    func data(_ name: String) -> [UInt8] { chunks.first { $0.name == name }?.data ?? [] }
    let header = data("IHDR")
    let width = header[0..<4].reduce(0) { $0 << 8 | Int($1) }
    let height = header[4..<8].reduce(0) { $0 << 8 | Int($1) }
    #expect(header[8] == 8 && header[10...12].allSatisfy { $0 == 0 })
    let step = header[9] == 6 ? 4 : 1
    let bytes = try #require(
      ZlibData.inflate(data("IDAT"), limit: height * (width * step + 1)))
    #expect(bytes.count == height * (width * step + 1))
    var rows: [UInt8] = []
    for row in 0..<height {
      let start = row * (width * step + 1)
      for column in 0..<(width * step) {
        let above = row == 0 ? 0 : rows[(row - 1) * width * step + column]
        let byte = bytes[start + 1 + column]
        rows.append(bytes[start] == 2 ? byte &+ above : byte)
        #expect(bytes[start] == 0 || bytes[start] == 2)
      }
    }
    guard step == 1 else { return (width, height, rows) }
    let (colors, clear) = (data("PLTE"), data("tRNS"))
    return (
      width, height,
      rows.flatMap { byte -> [UInt8] in
        let index = Int(byte)
        return colors[3 * index..<3 * index + 3] + [index < clear.count ? clear[index] : 255]
      }
    )
  }

  @Test(arguments: [(1, 1, 1), (3, 2, 2), (16, 16, 256), (17, 31, 5000), (300, 2, 7)])
  func imagesReadBack(_ width: Int, _ height: Int, _ colors: Int) throws {
    var numbers = Numbers(UInt64(width))
    let palette = (0..<colors).map { _ in
      (0..<4).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    }
    let rgba = (0..<(width * height)).flatMap { _ in
      palette[Int.random(in: 0..<colors, using: &numbers)]
    }
    let image = RasterImage(width: width, height: height, rgba: rgba)
    let file = PNGEncoder.encode(image)
    let read = try Self.decoded(file)
    #expect(read.width == width && read.height == height && read.rgba == rgba)
    #expect(PNGEncoder.encode(image) == file)
  }

  @Test func grayAndColorImagesHoldTheirBytes() {
    #expect(
      RasterImage(width: 2, height: 1, gray: [0, 200]).rgba == [0, 0, 0, 255, 200, 200, 200, 255])
    #expect(
      RasterImage(width: 1, height: 2, rgb: [1, 2, 3, 4, 5, 6]).rgba == [
        1, 2, 3, 255, 4, 5, 6, 255,
      ])
    let values = RasterImage(width: 3, height: 1, values: [0, 10, .nan], colors: .gray)
    #expect(values.rgba == [0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0])
  }

  @Test func damagedDataDoNotInflate() {
    let bytes = ZlibData.deflate(Array("twelve bytes".utf8))
    #expect(ZlibData.inflate(bytes, limit: 12) == Array("twelve bytes".utf8))
    #expect(ZlibData.inflate(bytes, limit: 11) == nil)
    #expect(ZlibData.inflate(Array(bytes.dropLast()), limit: 12) == nil)
    var damaged = bytes
    damaged[damaged.count - 1] ^= 1
    #expect(ZlibData.inflate(damaged, limit: 12) == nil)
  }

  @Test func reducedImagesAverageBlocksOfPixels() {
    let values: [UInt8] = [0, 10, 20, 31, 41, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140]
    let image = RasterImage(width: 5, height: 3, rgb: values.flatMap { [$0, 0, 255] })
    #expect(image.reduced(to: 5) == image)
    let small = image.reduced(to: 3)
    #expect(small.width == 3 && small.height == 2)
    // Two by two: (0+10+50+60)/4, (20+31+70+80)/4, (41+90)/2; then rows of two, and one alone.
    let means: [UInt8] = [30, 50, 66, 105, 125, 140]
    #expect(small == RasterImage(width: 3, height: 2, rgb: means.flatMap { [$0, 0, 255] }))
    #expect(image.reduced(to: 1).width == 1)
  }
}
