import NNCore

/// Archives of which only parts are read.
extension ZipReader {
  /// The directory's end record is among these last bytes, the records of 64-bit sizes included.
  private static let tailByteCount = 1 << 17

  /// The entries of an archive.
  ///
  /// - Throws: `NNError` naming the path for a damaged archive.
  static func entries(of file: PositionedFile) throws(NNError) -> [Entry] {
    let place = file.path
    guard try file.bytes(0..<2) == [0x50, 0x4B] else {
      throw .invalid("not a zip archive", at: place)
    }
    let start = max(0, file.byteCount - tailByteCount)
    let range = try directory(file.bytes(start..<file.byteCount), from: start, at: place)
    try MemoryLimit.check(range.count, "the directory", at: place)
    let bytes = try file.bytes(range)
    return try entries(bytes, 0..<bytes.count, fileByteCount: file.byteCount, at: place)
  }

  /// The range of an entry's bytes in the file.
  static func stored(
    _ entry: Entry, in file: PositionedFile, at place: String
  ) throws(NNError) -> Range<Int> {
    let offset = min(entry.headerOffset, file.byteCount)
    return try stored(
      entry, header: file.bytes(offset..<offset + min(localHeaderByteCount, file.byteCount)),
      fileByteCount: file.byteCount, at: place)
  }
}
