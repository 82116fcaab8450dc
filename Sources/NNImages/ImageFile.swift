package import NNCore

/// Reads image files: PPM, PGM, PBM and BMP, and in builds with the trait `Images` also PNG, JPEG
/// and WebP.
package enum ImageFile {
  /// Whether this build reads PNG, JPEG and WebP.
  package static var readsCompressed: Bool {
    #if Images
      true
    #else
      false
    #endif
  }

  /// The formats that this build reads.
  package static var formats: [String] {
    (readsCompressed ? ["PNG", "JPEG", "WebP"] : []) + ["BMP", "PPM", "PGM", "PBM"]
  }

  /// Decodes a file in memory and applies its EXIF orientation.
  ///
  /// - Parameters:
  ///   - bytes: The contents of the file, whose format follows from its first bytes.
  ///   - place: Names the file in errors.
  /// - Throws: `NNError` for other files, damaged and truncated ones, and images that are too large.
  package static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> PixelImage {
    switch ImageKind(bytes) {
    case .png: return try PNGFile.decode(bytes, at: place)
    case .jpeg: return try JPEGFile.decode(bytes, at: place)
    case .webp: return try WebPFile.decode(bytes, at: place)
    case .bmp: return try BitmapFile.decode(bytes, at: place)
    case .netpbm: return try NetpbmFile.decode(bytes, at: place)
    case .other(let name):
      throw .invalid("is \(name), which is not read", at: place, hint: "convert it to PNG or JPEG")
    case nil:
      throw .invalid(
        bytes.isEmpty ? "is empty" : "is no image: expected PNG, JPEG, WebP, BMP, PPM, PGM or PBM",
        at: place)
    }
  }

  /// The error for a format that needs a library which this build lacks.
  static func unsupported(_ format: String, at place: String) -> NNError {
    .invalid(
      "is a \(format) file, which this build does not read", at: place,
      hint: "install libpng-dev, libturbojpeg0-dev and libwebp-dev, and build with "
        + "swift build --traits Images, as scripts/build does")
  }
}

extension PixelImage {
  /// Writes the image in the form of some options to a buffer of `options.byteCount` bytes: uint8
  /// [channels, height, width].
  package func write(_ options: ImageOptions, to target: UnsafeMutableRawBufferPointer) {
    fitted(to: options).writePlanes(to: target)
  }
}
