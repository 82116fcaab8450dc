import NNCore

#if Images
  import CTurboJPEG
#endif

/// Reads JPEG files with libjpeg-turbo.
///
/// Source: ITU-T T.81; CMYK and YCCK with Adobe's inverted levels, as in Pillow.
enum JPEGFile {
  /// Decodes a file.
  ///
  /// - Throws: `NNError` for damaged and truncated files, and for numbers of channels other than 1,
  ///   3 and 4.
  static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> PixelImage {
    let header = try Header(bytes, at: place)
    let size = try ImageBounds.check(
      width: header.width, height: header.height, channels: header.channels,
      byteCount: bytes.count, at: place)
    let pixels = try pixels(of: bytes, header, size, at: place)
    let image = PixelImage(
      width: header.width, height: header.height, channels: header.channels, pixels: pixels)
    return (header.channels == 4 ? image.fromInvertedCMYK : image)
      .oriented(header.exif.map(Orientation.init(exif:)) ?? .normal)
  }

  /// What precedes the compressed data.
  private struct Header {
    private(set) var width = 0
    private(set) var height = 0
    private(set) var channels = 0
    private(set) var exif: ArraySlice<UInt8>?

    init(_ bytes: [UInt8], at place: String) throws(NNError) {
      func number(_ offset: Int) -> Int { Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) }
      var position = 2
      while channels == 0 || exif == nil {
        // Any bytes may precede a marker, and more bytes 0xFF.
        while position + 1 < bytes.count,
          bytes[position] != 0xFF || [0, 0xFF].contains(bytes[position + 1])
        {
          position += 1
        }
        let marker = position + 1 < bytes.count ? bytes[position + 1] : 0xD9
        // The data, or the end of the image.
        if marker == 0xDA || marker == 0xD9 { break }
        position += 2
        if marker == 0x01 || 0xD0...0xD8 ~= marker { continue }
        guard position + 2 <= bytes.count, number(position) >= 2,
          position + number(position) <= bytes.count
        else {
          throw .invalid("is truncated or damaged: a part of its header is missing", at: place)
        }
        let end = position + number(position)
        let isFrame = 0xC0...0xCF ~= marker && ![0xC4, 0xC8, 0xCC].contains(marker)
        if isFrame, channels == 0, end - position >= 8 {
          (height, width) = (number(position + 3), number(position + 5))
          channels = Int(bytes[position + 7])
        } else if marker == 0xE1, exif == nil,
          bytes[position + 2..<end].starts(with: "Exif\0\0".utf8)
        {
          exif = bytes[position + 2..<end]
        }
        position = end
      }
      guard channels > 0 else {
        throw .invalid("is truncated or damaged: the header of the image is missing", at: place)
      }
      guard channels == 1 || channels == 3 || channels == 4 else {
        throw .invalid(
          "has \(channels) channels; expected 1 (grey), 3 (RGB) or 4 (CMYK)", at: place)
      }
    }
  }

  #if Images
    /// Warnings of libjpeg-turbo after which all pixels are known.
    private static let harmless = [
      "extraneous bytes before marker", "Invalid SOS parameters", "Unknown Adobe color transform",
    ]

    private static func pixels(
      of file: [UInt8], _ header: Header, _ size: Int, at place: String
    ) throws(NNError) -> [UInt8] {
      guard let decoder = tjInitDecompress() else {
        throw .failed("libjpeg-turbo cannot start", at: place)
      }
      defer { tjDestroy(decoder) }
      let format = [1: TJPF_GRAY, 3: TJPF_RGB][header.channels] ?? TJPF_CMYK
      var failure: String?
      let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
        // Rows that a damaged file lacks would have any content.
        target.update(repeating: 0)
        let status = file.withUnsafeBufferPointer { file in
          tjDecompress2(
            decoder, file.baseAddress, UInt(file.count), target.baseAddress, Int32(header.width),
            0, Int32(header.height), Int32(format.rawValue), TJFLAG_LIMITSCANS)
        }
        if status != 0 {
          failure = tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "unknown error"
          let isWarning = tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
          if isWarning, let text = failure, harmless.contains(where: text.contains) {
            failure = nil
          }
        }
        count = size
      }
      if let failure {
        throw .invalid(
          failure.contains("remature end")
            ? "is truncated: \(failure)" : "is damaged: \(failure)", at: place)
      }
      return pixels
    }
  #else
    private static func pixels(
      of file: [UInt8], _ header: Header, _ size: Int, at place: String
    ) throws(NNError) -> [UInt8] {
      throw ImageFile.unsupported("JPEG", at: place)
    }
  #endif
}

extension PixelImage {
  /// Four inverted channels of ink, 255 for none, as RGB: each colour times black, rounded.
  fileprivate var fromInvertedCMYK: PixelImage {
    var colors: [UInt8] = []
    colors.reserveCapacity(width * height * 3)
    for pixel in 0..<width * height {
      let black = Int(pixels[pixel * 4 + 3])
      for channel in 0..<3 {
        // As Pillow: what is left of the light after black, less its part that ink absorbs.
        let ink = 255 - Int(pixels[pixel * 4 + channel])
        colors.append(UInt8(black - (ink * black + 127) / 255))
      }
    }
    return PixelImage(width: width, height: height, channels: 3, pixels: colors)
  }
}
