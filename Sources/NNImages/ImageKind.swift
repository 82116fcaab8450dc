/// The format of an image file, found by its first bytes, never by its name.
enum ImageKind: Sendable, Hashable {
  case png, jpeg, webp, bmp, netpbm
  /// A known format that is not read, with its name.
  case other(String)

  /// The format; nil for bytes that no known image format begins with.
  init?(_ bytes: [UInt8]) {
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: text.utf8)
    }
    if bytes.starts(with: PNGFile.signature) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins("RIFF"), begins("WEBP", at: 8) {
      self = .webp
    } else if begins("BM") {
      self = .bmp
    } else if bytes.count > 2, begins("P"), (0x31...0x36).contains(bytes[1]),
      NetpbmFile.isSpace(bytes[2]) || bytes[2] == UInt8(ascii: "#")
    {
      self = .netpbm
    } else if begins("GIF8") {
      self = .other("GIF")
    } else if bytes.starts(with: [0x49, 0x49, 0x2A, 0])
      || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A])
    {
      self = .other("TIFF")
    } else if begins("ftyp", at: 4) {
      self = .other(begins("avi", at: 8) ? "AVIF" : "HEIF or a video")
    } else if begins("jP  ", at: 4) {
      self = .other("JPEG 2000")
    } else if bytes.starts(with: [0xFF, 0x0A]) || begins("JXL ", at: 4) {
      self = .other("JPEG XL")
    } else if begins("<svg") || begins("<?xml") {
      self = .other("SVG or XML")
    } else {
      return nil
    }
  }
}
