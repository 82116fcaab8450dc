import NNCore
import NNFormats

/// Decodes the bytes of a table to UTF-8, from any supported compression and encoding.
enum CSVText {
  /// Inflates gzip files and converts UTF-16 with a byte order mark; other bytes are unchanged.
  ///
  /// - Throws: `NNError` for a damaged gzip file, one that inflates to more than 64 MiB plus a
  ///   hundred times its size, UTF-16 without a mark, and ZIP archives such as Excel workbooks.
  static func decoded(_ bytes: [UInt8], at path: String) throws(NNError) -> [UInt8] {
    var bytes = bytes
    if Gzip.isCompressed(bytes) {
      bytes = try Gzip.inflate(bytes, limit: 64 << 20 + 100 * bytes.count, at: path)
    }
    if bytes.starts(with: [0xFF, 0xFE]) { return try utf8(bytes.dropFirst(2), low: 0, at: path) }
    if bytes.starts(with: [0xFE, 0xFF]) { return try utf8(bytes.dropFirst(2), low: 1, at: path) }
    if bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) {
      throw .invalid(
        "is a ZIP archive, perhaps an Excel workbook; expected a table of text", at: path,
        hint: "save the table as CSV (UTF-8)")
    }
    if bytes.prefix(256).contains(0) {
      throw .invalid(
        "holds zero bytes, as texts in UTF-16 do; expected UTF-8", at: path,
        hint: "convert it: iconv -f UTF-16LE -t UTF-8 FILE > NEW.csv")
    }
    return bytes
  }

  /// Converts UTF-16 to UTF-8.
  ///
  /// - Parameter low: The index of a code unit's low byte, 0 or 1.
  private static func utf8(
    _ bytes: ArraySlice<UInt8>, low: Int, at path: String
  ) throws(NNError) -> [UInt8] {
    let start = bytes.startIndex
    let units = (0..<bytes.count / 2).map { index in
      UInt16(bytes[start + 2 * index + 1 - low]) << 8 | UInt16(bytes[start + 2 * index + low])
    }
    guard bytes.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self)
    else { throw .invalid("is damaged: not UTF-16, although it has its byte order mark", at: path) }
    return Array(text.utf8)
  }
}
