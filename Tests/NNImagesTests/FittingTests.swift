import NNCore
import NNImages
import NNTestSupport
import Testing

@Suite("Sizes of images")
struct FittingTests {
  /// An image of an array [H, W] or [H, W, C].
  private func image(_ tensor: HostTensor) -> PixelImage {
    PixelImage(
      width: tensor.shape[1], height: tensor.shape[0],
      channels: tensor.shape.rank == 2 ? 1 : tensor.shape[2], pixels: tensor.scalars())
  }

  @Test("every size and fit has Pillow's bytes", arguments: ImageFit.allCases)
  func fits(fit: ImageFit) throws {
    let arrays = try arrays("resized.npz")
    var compared = 0
    for (name, expected) in arrays {
      let parts = name.split(separator: "/").flatMap { $0.split(separator: "-") }
      guard parts.count == 3, parts[1] == fit.rawValue else { continue }
      let source = image(try #require(arrays["\(parts[0])/source"]))
      let options = ImageOptions(
        height: expected.shape[0], width: expected.shape[1],
        color: source.channels == 1 ? .grey : .rgb, fit: fit, background: .black)
      expectPixels(source.fitted(to: options), expected, name)
      compared += 1
    }
    #expect(compared == (fit == .pad ? 36 : 48))
  }

  @Test("a very narrow image keeps a column when it is padded")
  func narrow() {
    let column = PixelImage(
      width: 1, height: 31, channels: 1, pixels: [UInt8](repeating: 100, count: 31))
    let padded = column.fitted(
      to: ImageOptions(height: 4, width: 4, color: .grey, fit: .pad, background: .white))
    #expect(padded.pixels.filter { $0 == 100 }.count == 4)
    #expect(padded.pixels.filter { $0 == 255 }.count == 12)
  }

  @Test("channels become planes")
  func planes() {
    let image = PixelImage(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    let options = ImageOptions(height: 1, width: 2)
    var bytes = [UInt8](repeating: 0, count: options.byteCount)
    bytes.withUnsafeMutableBytes { image.write(options, to: $0) }
    #expect(bytes == [1, 4, 2, 5, 3, 6])
  }

  @Test("transparent pixels show the background")
  func background() {
    let image = PixelImage(
      width: 3, height: 1, channels: 4, pixels: [9, 9, 9, 0, 9, 9, 9, 255, 100, 0, 255, 128])
    #expect(
      image.converted(to: .rgb, background: .white).pixels
        == [255, 255, 255, 9, 9, 9, 177, 127, 255])
    #expect(
      image.converted(to: .rgb, background: .black).pixels == [0, 0, 0, 9, 9, 9, 50, 0, 128])
    #expect(
      PixelImage(width: 2, height: 1, channels: 2, pixels: [50, 0, 50, 255])
        .converted(to: .grey, background: .white).pixels == [255, 50])
  }
}
