import NNCore
import NNFormats

/// Decodes the bytes of a table to UTF-8, from any supported compression and encoding.
enum CSVText {
  /// Inflates gzip files and converts UTF-16 with a byte order mark; other bytes are unchanged.
  ///
  /// - Throws: `NNError` for a damaged gzip file, one that inflates to more than
  ///   `largestInflatedCount`, UTF-16 without a mark, and ZIP archives such as Excel workbooks.
  static func decoded(_ bytes: [UInt8], at path: String) throws(NNError) -> [UInt8] {
    var bytes = bytes
    if Gzip.isCompressed(bytes) {
      bytes = try Gzip.inflate(bytes, limit: largestInflatedCount(of: bytes.count), at: path)
    }
    guard let decoder = try UTF16Decoder(beginning: bytes, at: path) else { return bytes }
    return try decoder.decode(bytes.dropFirst(2), isLast: true).text
  }

  /// The bytes to which a gzip file may inflate: 64 MiB plus a hundred times its size.
  static func largestInflatedCount(of storedCount: Int) -> Int {
    // No table has more than a pebibyte.
    64 << 20 + 100 * min(storedCount, 1 << 50)
  }
}

/// Converts UTF-16 to UTF-8.
struct UTF16Decoder {
  /// The index of a code unit's low byte, 0 or 1.
  private let low: Int
  private let path: String

  /// The decoder for a text that begins with a byte order mark of UTF-16; nil for UTF-8.
  ///
  /// - Throws: `NNError` for UTF-16 without a mark, and for ZIP archives such as Excel workbooks.
  init?(beginning bytes: [UInt8], at path: String) throws(NNError) {
    if bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) {
      throw .invalid(
        "is a ZIP archive, perhaps an Excel workbook; expected a table of text", at: path,
        hint: "save the table as CSV (UTF-8)")
    }
    let isLittleEndian = bytes.starts(with: [0xFF, 0xFE])
    guard isLittleEndian || bytes.starts(with: [0xFE, 0xFF]) else {
      if bytes.prefix(256).contains(0) {
        throw .invalid(
          "holds zero bytes, as texts in UTF-16 do; expected UTF-8", at: path,
          hint: "convert it: iconv -f UTF-16LE -t UTF-8 FILE > NEW.csv")
      }
      return nil
    }
    low = isLittleEndian ? 0 : 1
    self.path = path
  }

  /// The text of some bytes without their byte order mark, and the bytes of an incomplete character at
  /// their end.
  ///
  /// - Parameter isLast: Whether no bytes follow, so that an incomplete character is an error.
  func decode(
    _ bytes: ArraySlice<UInt8>, isLast: Bool
  ) throws(NNError) -> (text: [UInt8], rest: [UInt8]) {
    let start = bytes.startIndex
    var units = (0..<bytes.count / 2).map { index in
      UInt16(bytes[start + 2 * index + 1 - low]) << 8 | UInt16(bytes[start + 2 * index + low])
    }
    if !isLast, let last = units.last, UTF16.isLeadSurrogate(last) { units.removeLast() }
    let rest = Array(bytes.dropFirst(2 * units.count))
    guard !isLast || rest.isEmpty, let text = String(validating: units, as: UTF16.self)
    else { throw .invalid("is damaged: not UTF-16, although it has its byte order mark", at: path) }
    return (Array(text.utf8), rest)
  }
}
