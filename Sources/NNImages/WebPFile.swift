import NNCore

#if Images
  import CWebP
#endif

/// Reads WebP files of one image with libwebp.
///
/// Source: https://developers.google.com/speed/webp/docs/riff_container
enum WebPFile {
  /// Decodes a file.
  ///
  /// - Throws: `NNError` for damaged, truncated and animated files.
  static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> PixelImage {
    let end = 8 + number(bytes, 4)
    guard end <= bytes.count else {
      throw .invalid("is truncated: expected \(end) bytes, found \(bytes.count)", at: place)
    }
    return try pixels(of: bytes, at: place).oriented(orientation(bytes, end))
  }

  /// A little-endian number of 32 bits; 0 beyond the end.
  private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
    guard offset + 4 <= bytes.count else { return 0 }
    return bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The orientation in the chunk of EXIF data.
  private static func orientation(_ bytes: [UInt8], _ end: Int) -> Orientation {
    var position = 12
    while position + 8 <= end {
      let size = number(bytes, position + 4)
      guard position + 8 + size <= bytes.count else { break }
      if bytes[position..<position + 4].elementsEqual("EXIF".utf8) {
        return Orientation(exif: bytes[position + 8..<position + 8 + size])
      }
      // Chunks begin at even positions.
      position += 8 + size + size % 2
    }
    return .normal
  }

  #if Images
    private static func pixels(of file: [UInt8], at place: String) throws(NNError) -> PixelImage {
      var features = WebPBitstreamFeatures()
      let status = file.withUnsafeBufferPointer { file in
        WebPGetFeatures(file.baseAddress, file.count, &features)
      }
      guard status == VP8_STATUS_OK else {
        throw .invalid("is damaged: libwebp rejects its header", at: place)
      }
      guard features.has_animation == 0 else {
        throw .invalid(
          "is an animation; expected one image", at: place, hint: "save one of its images")
      }
      let channels = features.has_alpha == 0 ? 3 : 4
      let (width, height) = (Int(features.width), Int(features.height))
      let size = try ImageBounds.check(
        width: width, height: height, channels: channels, byteCount: file.count, at: place)
      var isRead = false
      let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
        let decode = channels == 3 ? WebPDecodeRGBInto : WebPDecodeRGBAInto
        isRead = file.withUnsafeBufferPointer { file in
          decode(
            file.baseAddress, file.count, target.baseAddress, size, Int32(width * channels)) != nil
        }
        count = isRead ? size : 0
      }
      guard isRead else { throw .invalid("is damaged or truncated", at: place) }
      return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
    }
  #else
    private static func pixels(of file: [UInt8], at place: String) throws(NNError) -> PixelImage {
      throw ImageFile.unsupported("WebP", at: place)
    }
  #endif
}
