import NNCore

#if Images
  import CPNG
#endif

/// Reads PNG files with libpng.
///
/// Levels are taken as they are stored: gamma and colour profiles have no effect, as in Pillow. Levels
/// of 16 bits are divided by 257 and rounded. Of an animation the first image is read.
///
/// Source: https://www.w3.org/TR/png-3/
enum PNGFile {
  /// The first bytes of every file.
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Decodes a file.
  ///
  /// - Throws: `NNError` for damaged and truncated files.
  static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> PixelImage {
    let chunks = try Chunks(bytes, at: place)
    _ = try ImageBounds.check(
      width: chunks.width, height: chunks.height, channels: 4, byteCount: bytes.count, at: place)
    return try pixels(of: chunks.essential, at: place)
      .oriented(chunks.exif.map(Orientation.init(exif:)) ?? .normal)
  }

  /// The parts of a file.
  private struct Chunks {
    private(set) var width = 0
    private(set) var height = 0
    /// The file with the chunks alone that determine the stored levels.
    private(set) var essential: [UInt8] = PNGFile.signature
    private(set) var exif: ArraySlice<UInt8>?

    init(_ bytes: [UInt8], at place: String) throws(NNError) {
      func number(_ offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      }
      var position = PNGFile.signature.count
      var kind = ""
      while kind != "IEND" {
        guard position + 12 <= bytes.count, position + 12 + number(position) <= bytes.count else {
          throw .invalid("is truncated: the end of the image (IEND) is missing", at: place)
        }
        let end = position + 12 + number(position)
        kind = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
        if position == PNGFile.signature.count {
          guard kind == "IHDR", end == position + 25 else {
            throw .invalid("is damaged: it does not begin with an image header", at: place)
          }
          (width, height) = (number(position + 8), number(position + 12))
        }
        if kind == "eXIf" {
          exif = bytes[position + 8..<end - 4]
        } else if kind == "tRNS" || bytes[position + 4] & 0x20 == 0 {
          // Letters in upper case mark chunks that every reader must know.
          essential += bytes[position..<end]
        }
        position = end
      }
    }
  }

  #if Images
    private static func pixels(of file: [UInt8], at place: String) throws(NNError) -> PixelImage {
      var failure = "unknown error"
      var result: PixelImage?
      // libpng keeps the address of the image and of the file.
      var image = png_image()
      withUnsafeMutablePointer(to: &image) { image in
        image.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(image) }
        file.withUnsafeBytes { file in
          guard png_image_begin_read_from_memory(image, file.baseAddress, file.count) != 0 else {
            failure = message(of: image)
            return
          }
          let hasColor = image.pointee.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
          let hasAlpha = image.pointee.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
          image.pointee.format =
            UInt32(hasColor ? PNG_FORMAT_FLAG_COLOR : 0)
            | UInt32(hasAlpha ? PNG_FORMAT_FLAG_ALPHA : 0)
          // Otherwise levels of 16 bits count as linear and would be converted.
          image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
          let (width, height) = (Int(image.pointee.width), Int(image.pointee.height))
          let channels = (hasColor ? 3 : 1) + (hasAlpha ? 1 : 0)
          let size = width * height * channels
          var isRead = false
          let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
            isRead = png_image_finish_read(image, nil, target.baseAddress, 0, nil) != 0
            count = isRead ? size : 0
          }
          guard isRead else {
            failure = message(of: image)
            return
          }
          result = PixelImage(width: width, height: height, channels: channels, pixels: pixels)
        }
      }
      guard let result else { throw .invalid("is damaged: \(failure)", at: place) }
      return result
    }

    /// libpng's text of an error.
    private static func message(of image: UnsafeMutablePointer<png_image>) -> String {
      withUnsafeBytes(of: image.pointee.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  #else
    private static func pixels(of file: [UInt8], at place: String) throws(NNError) -> PixelImage {
      throw ImageFile.unsupported("PNG", at: place)
    }
  #endif
}
