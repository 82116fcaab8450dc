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
    let directory = try ZipReader.directory(bytes, at: place)
    var entries: [Entry] = []
    var names: Set<String> = []
    var offset = directory.lowerBound
    while offset < directory.upperBound {
      let entry = try ZipReader.entry(bytes, &offset, directory, at: place)
      guard names.insert(entry.name).inserted else {
        throw .invalid("damaged: two entries are called \"\(entry.name)\"", at: place)
      }
      entries.append(entry)
    }
    // Entries that share bytes are how a small archive unpacks to a huge one.
    let total = entries.reduce(0.0) { $0 + Double($1.storedCount) }
    guard total <= Double(bytes.count) else {
      throw .invalid("damaged: the entries overlap", at: place)
    }
    self.entries = entries
  }

  /// The bytes of an entry, inflated and verified; `place` names it in errors.
  func contents(of entry: Entry, at place: String) throws(NNError) -> [UInt8] {
    let header = entry.headerOffset
    guard header <= bytes.count - 30,
      bytes.littleEndian(at: header, as: UInt32.self) == ZipReader.localSignature
    else { throw .invalid("damaged: no entry where the directory says", at: place) }
    let start =
      header + 30 + Int(bytes.littleEndian(at: header + 26, as: UInt16.self))
      + Int(bytes.littleEndian(at: header + 28, as: UInt16.self))
    guard start <= bytes.count, entry.storedCount <= bytes.count - start else {
      throw .invalid("truncated: the entry ends beyond the file", at: place)
    }
    let stored = bytes[start..<start + entry.storedCount]
    let contents =
      entry.isDeflated ? try inflate(stored, count: entry.count, at: place) : Array(stored)
    guard contents.count == entry.count else {
      throw .invalid("damaged: \(contents.count) bytes instead of \(entry.count)", at: place)
    }
    guard CRC32.checksum(contents) == entry.checksum else {
      throw .invalid("damaged: the checksum does not match", at: place)
    }
    return contents
  }

  private func inflate(
    _ stored: ArraySlice<UInt8>, count: Int, at place: String
  ) throws(NNError) -> [UInt8] {
    guard count <= stored.count * ByteStream.largestInflation else {
      throw .invalid("damaged: \(stored.count) bytes cannot inflate to \(count)", at: place)
    }
    let inflater = Inflater(format: .raw)
    // The byte too many shows data that go on beyond their size.
    var result = [UInt8](repeating: 0, count: count + 1)
    var (consumed, produced) = (0, 0)
    while true {
      let step = stored.withUnsafeBytes { input in
        result.withUnsafeMutableBytes { output in
          inflater.step(
            from: UnsafeRawBufferPointer(rebasing: input[consumed...]),
            into: UnsafeMutableRawBufferPointer(rebasing: output[produced...]))
        }
      }
      consumed += step.consumed
      produced += step.produced
      switch step.status {
      case .finished:
        result.removeLast(result.count - produced)
        return result
      case .damaged(let reason): throw .invalid("damaged: \(reason)", at: place)
      case .more:
        guard step.consumed > 0 || step.produced > 0, produced <= count else {
          throw .invalid("damaged: the data do not inflate to \(count) bytes", at: place)
        }
      }
    }
  }

  /// Where the directory lies.
  private static func directory(_ bytes: [UInt8], at place: String) throws(NNError) -> Range<Int> {
    // The end record is followed by a comment of at most 65,535 bytes.
    let candidates = stride(from: bytes.count - 22, through: max(0, bytes.count - 65_557), by: -1)
    guard
      let end = candidates.first(where: {
        bytes.littleEndian(at: $0, as: UInt32.self) == endSignature
      })
    else {
      throw .invalid(
        bytes.starts(with: [0x50, 0x4B])
          ? "truncated: the archive has no directory" : "not a zip archive",
        at: place)
    }
    var size = UInt64(bytes.littleEndian(at: end + 12, as: UInt32.self))
    var offset = UInt64(bytes.littleEndian(at: end + 16, as: UInt32.self))
    if end >= 20, bytes.littleEndian(at: end - 20, as: UInt32.self) == locatorSignature {
      let record = bytes.littleEndian(at: end - 12, as: UInt64.self)
      guard record <= UInt64(end), Int(record) <= bytes.count - 56,
        bytes.littleEndian(at: Int(record), as: UInt32.self) == end64Signature
      else { throw .invalid("damaged: the 64-bit directory is not where it should be", at: place) }
      size = bytes.littleEndian(at: Int(record) + 40, as: UInt64.self)
      offset = bytes.littleEndian(at: Int(record) + 48, as: UInt64.self)
    }
    guard offset <= UInt64(end), size <= UInt64(end) - offset else {
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
