import NNCore
import NNFormats
import NNImages
import NNTestSupport
import Testing

@Suite("Damaged image files")
struct DamageTests {
  @Test("every file that is cut is refused, except in what follows the pixels")
  func truncated() throws {
    for file in [
      "rgb.png", "interlaced.png", "420.jpg", "progressive.jpg", "cmyk.jpg",
      "lossless.webp", "lossy.webp", "24.bmp", "palette.bmp", "rgb.ppm", "bits.pbm",
    ] where readableFiles.contains(file) {
      let bytes = try FileBytes.read(fixture("files/\(file)"))
      for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
        #expect(throws: NNError.self, "\(file): \(count) of \(bytes.count) bytes") {
          try ImageFile.decode(Array(bytes[..<count]), at: file)
        }
      }
    }
    let cut = try FileBytes.read(fixture("files/rgb.ppm")).dropLast()
    expectError("is truncated: expected 351 bytes of data, found 350") {
      _ = try ImageFile.decode(Array(cut), at: "x")
    }
  }

  @Test("a cut file says that it is truncated", .enabled(if: ImageFile.readsCompressed))
  func truncation() throws {
    for file in ["rgb.png", "420.jpg", "lossless.webp"] {
      let bytes = try FileBytes.read(fixture("files/\(file)")).dropLast(20)
      expectError("\(file): is truncated") { _ = try ImageFile.decode(Array(bytes), at: file) }
    }
  }

  @Test("a damaged file is read or refused", arguments: readableFiles)
  func damaged(file: String) throws {
    let bytes = try FileBytes.read(fixture("files/\(file)"))
    guard bytes.count > 60 else { return }
    var mutator = Mutator(seed: 7)
    for number in 0..<80 {
      let copy = mutator.damaged(bytes)
      do throws(NNError) {
        let image = try ImageFile.decode(copy, at: file)
        #expect(image.pixels.count == image.width * image.height * image.channels)
      } catch {
        #expect("\(error)".utf8.count < 1000, "\(file), copy \(number)")
      }
    }
  }

  @Test("orientation data are never trusted", .enabled(if: ImageFile.readsCompressed))
  func damagedOrientation() throws {
    let bytes = try FileBytes.read(fixture("files/orientation-6.jpg"))
    let tag = try #require((0..<bytes.count).first { bytes[$0...].starts(with: "Exif".utf8) })
    var mutator = Mutator(seed: 3)
    for _ in 0..<200 {
      // The part after the length, whose size stays.
      let part = mutator.damaged(Array(bytes[tag..<tag + 32]))
      var copy = bytes
      for (index, byte) in part.prefix(32).enumerated() { copy[tag + index] = byte }
      let image = try ImageFile.decode(copy, at: "x")
      #expect([6, 10].contains(image.width) && image.width + image.height == 16)
    }
  }
}
