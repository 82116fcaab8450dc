import NNCore

/// Writes a zip archive piece by piece, with 64-bit sizes where they are needed.
///
/// Every entry carries the same date, 1 January 1980, so that equal contents give equal archives.
struct ZipWriter {
  /// The date 1980-01-01 in the format of MS-DOS.
  private static let date: UInt16 = 1 << 5 | 1

  private let file: FileSink
  private let largestNarrow: Int
  private var directory: [UInt8] = []
  private var entryCount = 0
  private var offset = 0

  /// Starts an archive; sizes above `largestNarrow` are written in 64 bits.
  init(file: FileSink, largestNarrow: Int) {
    self.file = file
    self.largestNarrow = largestNarrow
  }

  /// Appends an entry.
  mutating func add(
    name: String, _ contents: [UInt8], deflating: Bool
  ) throws(NNError) {
    let stored = deflating ? deflated(contents, format: .raw) : contents
    let isWide = max(contents.count, stored.count) > largestNarrow
    let isFar = offset > largestNarrow

    // The fields that the local header and the directory share.
    var common: [UInt8] = []
    common.appendLittleEndian(UInt16(isWide || isFar ? 45 : 20))
    common.appendLittleEndian(UInt16(1 << 11))
    common.appendLittleEndian(UInt16(deflating ? 8 : 0))
    common.appendLittleEndian(UInt16(0))
    common.appendLittleEndian(ZipWriter.date)
    common.appendLittleEndian(CRC32.checksum(contents))
    common.appendLittleEndian(isWide ? UInt32.max : UInt32(stored.count))
    common.appendLittleEndian(isWide ? UInt32.max : UInt32(contents.count))
    common.appendLittleEndian(UInt16(name.utf8.count))
    let sizes = isWide ? [contents.count, stored.count] : []

    var local: [UInt8] = []
    local.appendLittleEndian(UInt32(0x0403_4B50))
    local += common
    let localExtra = extra(sizes)
    local.appendLittleEndian(UInt16(localExtra.count))
    local += name.utf8
    local += localExtra

    directory.appendLittleEndian(UInt32(0x0201_4B50))
    directory.appendLittleEndian(UInt16(45))
    directory += common
    let directoryExtra = extra(sizes + (isFar ? [offset] : []))
    directory.appendLittleEndian(UInt16(directoryExtra.count))
    // No comment, first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 2 + 2 + 2 + 4)
    directory.appendLittleEndian(isFar ? UInt32.max : UInt32(offset))
    directory += name.utf8
    directory += directoryExtra

    try file.write(local)
    try file.write(stored)
    offset += local.count + stored.count
    entryCount += 1
  }

  /// Appends the directory; nothing may be added after it.
  func finish() throws(NNError) {
    var bytes = directory
    let isWide =
      offset > largestNarrow || directory.count > largestNarrow || entryCount >= 0xFFFF
    if isWide {
      bytes.appendLittleEndian(UInt32(0x0606_4B50))
      bytes.appendLittleEndian(UInt64(44))
      bytes.appendLittleEndian(UInt16(45))
      bytes.appendLittleEndian(UInt16(45))
      bytes.appendLittleEndian(UInt64(0))
      for value in [entryCount, entryCount, directory.count, offset] {
        bytes.appendLittleEndian(UInt64(value))
      }
      bytes.appendLittleEndian(UInt32(0x0706_4B50))
      bytes.appendLittleEndian(UInt32(0))
      bytes.appendLittleEndian(UInt64(offset + directory.count))
      bytes.appendLittleEndian(UInt32(1))
    }
    bytes.appendLittleEndian(UInt32(0x0605_4B50))
    bytes.appendLittleEndian(UInt32(0))
    for _ in 0..<2 { bytes.appendLittleEndian(isWide ? UInt16.max : UInt16(entryCount)) }
    bytes.appendLittleEndian(isWide ? UInt32.max : UInt32(directory.count))
    bytes.appendLittleEndian(isWide ? UInt32.max : UInt32(offset))
    bytes.appendLittleEndian(UInt16(0))
    try file.write(bytes)
  }

  /// The zip64 extra field with these numbers, or nothing.
  private func extra(_ values: [Int]) -> [UInt8] {
    guard !values.isEmpty else { return [] }
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt16(1))
    bytes.appendLittleEndian(UInt16(8 * values.count))
    for value in values { bytes.appendLittleEndian(UInt64(value)) }
    return bytes
  }
}
