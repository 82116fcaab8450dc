import NNCore
import NNFormats
import NNImages
import NNTestSupport
import Testing

@Suite("Image files")
struct DecodingTests {
  @Test("every kind of file has the pixels that Pillow reads")
  func pixels() throws {
    let expected = try arrays("decoded.npz")
    var compared = 0
    for file in readableFiles where !file.hasPrefix("orientation") {
      let image = try decoded(file)
      // Versions of libjpeg may round the inverse transform differently, by a level, and colours are
      // sums of such.
      let tolerance = file.hasSuffix(".jpg") ? 2 : 0
      for (name, color, background) in [
        ("rgb", ImageColor.rgb, ImageBackground.white), ("grey", .grey, .white),
        ("black", .rgb, .black),
      ] {
        guard let pixels = expected["\(file)/\(name)"] else {
          #expect(name == "black", "\(file)")
          continue
        }
        expectPixels(
          image.converted(to: color, background: background), pixels, tolerance: tolerance,
          "\(file)/\(name)")
        compared += 1
      }
    }
    #expect(compared == (ImageFile.readsCompressed ? expected.count : 35))
  }

  @Test(
    "the eight orientations of EXIF are applied",
    .enabled(if: ImageFile.readsCompressed), arguments: ["png", "jpg", "webp"])
  func orientations(kind: String) throws {
    let expected = try arrays("orientations.npz")
    for orientation in 1...8 {
      let file = "orientation-\(orientation).\(kind)"
      expectPixels(
        try decoded(file), try #require(expected["\(kind)-\(orientation)"]),
        tolerance: kind == "jpg" ? 2 : 0, file)
    }
  }

  @Test("builds without the libraries name the way to read more files")
  func missingLibraries() throws {
    for file in ["rgb.png", "420.jpg", "lossy.webp"] {
      if ImageFile.readsCompressed {
        _ = try decoded(file)
      } else {
        expectError("\(file): is a ", "--traits Images", "libpng-dev") { _ = try decoded(file) }
      }
    }
  }

  @Test("files that are no images are refused with what they are")
  func otherFiles() {
    func refuse(_ bytes: [UInt8], _ parts: String...) {
      for part in parts {
        expectError("x: ", part) { _ = try ImageFile.decode(bytes, at: "x") }
      }
    }
    refuse([], "is empty")
    refuse(Array("hello".utf8), "is no image: expected PNG, JPEG, WebP, BMP, PPM, PGM or PBM")
    refuse(Array("GIF89a".utf8), "is GIF, which is not read", "hint: convert it to PNG or JPEG")
    refuse([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "is TIFF")
    refuse(Array("\0\0\0\u{18}ftypheic".utf8), "is HEIF or a video")
    refuse(Array("<svg/>".utf8), "is SVG or XML")
    refuse([0x42, 0x4D], "is truncated: the header of a bitmap is missing")
    refuse(Array("P6 2".utf8), "is truncated: the height is missing")
    refuse(Array("P6 2 x 255\n".utf8), "is damaged: expected the height at byte 5")
    refuse(Array("P5 2 2 255\nabc".utf8), "is truncated: expected 4 bytes of data, found 3")
    refuse(Array("P5 0 2 255\n".utf8), "is damaged: declares 0 × 2 pixels")
    refuse(Array("P5 1 1 7\n\u{8}".utf8), "the level 8 is above the largest, 7")
    refuse(Array("P5 1 1 70000\n".utf8), "the largest level is 70000, not 1 to 65535")
    refuse(Array("P2 2 1 255 1".utf8), "is truncated: a level is missing")
    refuse(Array("P1 2 2 1 0 1 2".utf8), "expected 4 digits 0 or 1, found 3")
  }

  @Test("a declared size is checked before memory is allocated")
  func declaredSizes() {
    expectError("declares 100000 × 100000 pixels; the limit is 178956970 pixels") {
      _ = try ImageFile.decode(Array("P5 100000 100000 255\n".utf8), at: "x")
    }
    expectError("is damaged: declares 10000 × 10000 pixels, more than 21 bytes can hold") {
      _ = try ImageFile.decode(Array("P5 10000 10000 255\n\0\0".utf8), at: "x")
    }
    expectError("declares 9999999999 × 9999999999 pixels") {
      _ = try ImageFile.decode(Array("P6 9999999999 9999999999 255\n".utf8), at: "x")
    }
  }
}
