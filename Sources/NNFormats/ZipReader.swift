import NNCore

/// The entries of a zip archive, stored or deflated, with 64-bit sizes where they need them.
///
/// Source: PKWARE, "APPNOTE.TXT – .ZIP File Format Specification" 6.3.10.
struct ZipReader {
  /// A file in the archive.
  struct Entry {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    let storedCount: Int
    let count: Int
    let headerOffset: Int
  }

  private static let endSignature: UInt32 = 0x0605_4B50
  private static let end64Signature: UInt32 = 0x0606_4B50
  private static let locatorSignature: UInt32 = 0x0706_4B50
  private static let entrySignature: UInt32 = 0x0201_4B50
  private static let localSignature: UInt32 = 0x0403_4B50

  let place: String
  /// The entries in the order of the archive's directory.
  let entries: [Entry]
  private let bytes: [UInt8]

  /// Reads the directory of an archive.
  init(_ bytes: [UInt8], at place: String) throws(NNError) {
    self.bytes = bytes
    self.place = place
    entries = try ZipReader.entries(
      bytes, ZipReader.directory(bytes, at: place), fileByteCount: bytes.count, at: place)
  }

  /// The entries of a directory, which is a range of `bytes`.
  static func entries(
    _ bytes: [UInt8], _ directory: Range<Int>, fileByteCount: Int, at place: String
  ) throws(NNError) -> [Entry] {
    var entries: [Entry] = []
    var names: Set<ExactName> = []
    var offset = directory.lowerBound
    while offset < directory.upperBound {
      let entry = try ZipReader.entry(bytes, &offset, directory, at: place)
      guard names.insert(ExactName(entry.name)).inserted else {
        throw .invalid(
          "damaged: two entries are called \"\(entry.name.shortened())\"", at: place)
      }
      entries.append(entry)
    }
    // A small archive can unpack to a huge one by entries that share bytes.
    let total = entries.reduce(0.0) { $0 + Double($1.storedCount) }
    guard total <= Double(fileByteCount) else {
      throw .invalid("damaged: the entries overlap", at: place)
    }
    return entries
  }

  /// The bytes of an entry, inflated and verified; `place` names it in errors.
  func contents(of entry: Entry, at place: String) throws(NNError) -> [UInt8] {
    var contents: [UInt8] = []
    contents.reserveCapacity(entry.count)
    try verify(entry, at: place) { contents += $0 }
    return contents
  }

  /// The first bytes of an entry, which is not verified; fewer where it ends before.
  func beginning(of entry: Entry, count: Int, at place: String) throws(NNError) -> [UInt8] {
    var beginning: [UInt8] = []
    try forEachPiece(of: entry, at: place) { piece in
      beginning += piece.prefix(count - beginning.count)
      return beginning.count < count
    }
    return beginning
  }

  /// Inflates an entry to its end and checks size and checksum against the directory; only one
  /// piece of it at a time is in memory, unless `body` keeps it.
  func verify(
    _ entry: Entry, at place: String, _ body: (UnsafeRawBufferPointer) -> Void = { _ in }
  ) throws(NNError) {
    var (count, checksum): (Int, UInt32) = (0, 0)
    try forEachPiece(of: entry, at: place) { piece in
      count += piece.count
      guard count <= entry.count else { return false }
      checksum = CRC32.checksum(piece, continuing: checksum)
      body(piece)
      return true
    }
    guard count == entry.count else {
      throw .invalid(
        count > entry.count
          ? "damaged: more than \(entry.count) bytes"
          : "damaged: \(count) bytes instead of \(entry.count)", at: place)
    }
    guard checksum == entry.checksum else {
      throw .invalid("damaged: the checksum does not match", at: place)
    }
  }

  /// Inflates an entry piece by piece until `body` returns false.
  private func forEachPiece(
    of entry: Entry, at place: String, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(NNError) {
    let stored = try stored(entry, at: place)
    guard entry.isDeflated else {
      _ = bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[stored])) }
      return
    }
    guard entry.count <= stored.count.multipliedSaturating(by: ByteStream.largestInflation) else {
      throw .invalid("damaged: \(stored.count) bytes cannot inflate to \(entry.count)", at: place)
    }
    let inflater = Inflater(format: .raw)
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var consumed = stored.lowerBound
    while true {
      let step = bytes.withUnsafeBytes { input in
        piece.withUnsafeMutableBytes { output in
          inflater.step(
            from: UnsafeRawBufferPointer(rebasing: input[consumed..<stored.upperBound]),
            into: output)
        }
      }
      consumed += step.consumed
      let continues = piece.withUnsafeBytes {
        body(UnsafeRawBufferPointer(rebasing: $0[..<step.produced]))
      }
      switch step.status {
      case _ where !continues: return
      case .finished: return
      case .damaged(let reason): throw .invalid("damaged: \(reason)", at: place)
      case .more:
        guard step.consumed > 0 || step.produced > 0 else {
          throw .invalid(
            "damaged: the data do not inflate to \(entry.count) bytes", at: place)
        }
      }
    }
  }

  /// The range of an entry's bytes in the file.
  private func stored(_ entry: Entry, at place: String) throws(NNError) -> Range<Int> {
    let header = min(entry.headerOffset, bytes.count)
    return try ZipReader.stored(
      entry, header: Array(bytes[header...].prefix(ZipReader.localHeaderByteCount)),
      fileByteCount: bytes.count, at: place)
  }

  /// The size of the fixed part of an entry's own header, in bytes.
  static let localHeaderByteCount = 30

  /// The range of an entry's bytes in the file, by the fixed part of its own header.
  static func stored(
    _ entry: Entry, header: [UInt8], fileByteCount: Int, at place: String
  ) throws(NNError) -> Range<Int> {
    guard header.count == localHeaderByteCount,
      header.littleEndian(at: 0, as: UInt32.self) == localSignature
    else { throw .invalid("damaged: no entry at the directory's offset", at: place) }
    let start =
      entry.headerOffset + localHeaderByteCount + Int(header.littleEndian(at: 26, as: UInt16.self))
      + Int(header.littleEndian(at: 28, as: UInt16.self))
    guard start <= fileByteCount, entry.storedCount <= fileByteCount - start else {
      throw .invalid("truncated: the entry ends beyond the file", at: place)
    }
    return start..<start + entry.storedCount
  }

  /// The range of the directory in the file.
  ///
  /// - Parameters:
  ///   - bytes: The end of the file, or all of it.
  ///   - base: The position of these bytes in the file.
  static func directory(
    _ bytes: [UInt8], from base: Int = 0, at place: String
  ) throws(NNError) -> Range<Int> {
    // The end record is followed by a comment of at most 65,535 bytes.
    let candidates = stride(from: bytes.count - 22, through: max(0, bytes.count - 65_557), by: -1)
    guard
      let end = candidates.first(where: {
        bytes.littleEndian(at: $0, as: UInt32.self) == endSignature
      })
    else {
      throw .invalid(
        base > 0 || bytes.starts(with: [0x50, 0x4B])
          ? "truncated: the archive has no directory" : "not a zip archive",
        at: place)
    }
    var size = UInt64(bytes.littleEndian(at: end + 12, as: UInt32.self))
    var offset = UInt64(bytes.littleEndian(at: end + 16, as: UInt32.self))
    if end >= 20, bytes.littleEndian(at: end - 20, as: UInt32.self) == locatorSignature {
      let position = bytes.littleEndian(at: end - 12, as: UInt64.self)
      guard position <= UInt64(base + end), Int(position) >= base,
        Int(position) - base <= bytes.count - 56,
        bytes.littleEndian(at: Int(position) - base, as: UInt32.self) == end64Signature
      else { throw .invalid("damaged: the 64-bit directory is not where it should be", at: place) }
      let record = Int(position) - base
      size = bytes.littleEndian(at: record + 40, as: UInt64.self)
      offset = bytes.littleEndian(at: record + 48, as: UInt64.self)
    }
    guard offset <= UInt64(base + end), size <= UInt64(base + end) - offset else {
      throw .invalid("damaged: the directory lies beyond the file", at: place)
    }
    return Int(offset)..<Int(offset + size)
  }

  private static func entry(
    _ bytes: [UInt8], _ offset: inout Int, _ directory: Range<Int>, at place: String
  ) throws(NNError) -> Entry {
    let start = offset
    guard start <= directory.upperBound - 46,
      bytes.littleEndian(at: start, as: UInt32.self) == entrySignature
    else { throw .invalid("damaged directory", at: place) }
    func short(_ field: Int) -> Int { Int(bytes.littleEndian(at: start + field, as: UInt16.self)) }
    func long(_ field: Int) -> UInt64 {
      UInt64(bytes.littleEndian(at: start + field, as: UInt32.self))
    }
    let (nameCount, extraCount) = (short(28), short(30))
    offset = start + 46 + nameCount + extraCount + short(32)
    guard offset <= directory.upperBound else { throw .invalid("damaged directory", at: place) }
    let extra = start + 46 + nameCount
    let name = String(decoding: bytes[start + 46..<extra], as: UTF8.self)
    var sizes = [long(24), long(20), long(42)]
    try widen(&sizes, from: bytes, extra..<extra + extraCount, at: place)
    guard short(8) & 1 == 0 else {
      throw .invalid("entry \"\(name)\" is encrypted", at: place)
    }
    let method = short(10)
    guard method == 0 || method == 8 else {
      throw .invalid(
        "entry \"\(name)\" is compressed by method \(method); expected stored or deflated",
        at: place)
    }
    guard sizes.allSatisfy({ $0 < 1 << 62 }) else {
      throw .invalid("damaged: entry \"\(name)\" declares impossible sizes", at: place)
    }
    return Entry(
      name: name, isDeflated: method == 8, checksum: UInt32(long(16)),
      storedCount: Int(sizes[1]), count: Int(sizes[0]), headerOffset: Int(sizes[2]))
  }

  /// Replaces fields that are all ones by those of the zip64 extra field, which holds just these.
  private static func widen(
    _ sizes: inout [UInt64], from bytes: [UInt8], _ extra: Range<Int>, at place: String
  ) throws(NNError) {
    let narrow = sizes.indices.filter { sizes[$0] == 0xFFFF_FFFF }
    guard !narrow.isEmpty else { return }
    var field = extra.lowerBound
    while field <= extra.upperBound - 4 {
      let count = Int(bytes.littleEndian(at: field + 2, as: UInt16.self))
      if bytes.littleEndian(at: field, as: UInt16.self) == 1 {
        guard count >= 8 * narrow.count, field + 4 + count <= extra.upperBound else { break }
        for (position, index) in narrow.enumerated() {
          sizes[index] = bytes.littleEndian(at: field + 4 + 8 * position, as: UInt64.self)
        }
        return
      }
      field += 4 + count
    }
    throw .invalid("damaged: an entry lacks its 64-bit sizes", at: place)
  }
}
