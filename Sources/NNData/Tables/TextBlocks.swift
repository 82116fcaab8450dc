import NNCore
import NNFormats

/// The text of a table in UTF-8, a block at a time: one block for a text in memory, blocks of a fixed
/// size for a file, which may be larger than the memory.
///
/// Blocks end anywhere, also within a row or a character.
final class TextBlocks {
  /// The file.
  let path: String
  /// The next block; nil at the end.
  private var upcoming: [UInt8]?
  private var file: DecodedFile?

  /// The text that the bytes of a file hold, compressed or not.
  ///
  /// - Throws: `NNError` as `CSVText.decoded`.
  init(_ bytes: [UInt8], at path: String) throws(NNError) {
    self.path = path
    file = nil
    upcoming = try CSVText.decoded(bytes, at: path)
  }

  /// Opens a file, compressed or not.
  ///
  /// - Parameter blockByteCount: The size of a block before its encoding is converted.
  /// - Throws: `NNError` as `CSVText.decoded`, and if the file cannot be read.
  init(path: String, blockByteCount: Int) throws(NNError) {
    self.path = path
    var file = try DecodedFile(path, blockByteCount)
    upcoming = try file.next()
    self.file = file
  }

  /// Whether it is a text in memory, which is one block.
  var isWhole: Bool { file == nil }
  /// Whether all blocks have been read.
  var isAtEnd: Bool { upcoming == nil }

  /// The next block; nil at the end.
  ///
  /// - Throws: `NNError` if the file cannot be read, has been cut or was overwritten.
  func next() throws(NNError) -> [UInt8]? {
    guard let block = upcoming else { return nil }
    upcoming = nil
    upcoming = try file?.next()
    return block
  }

  /// Goes back to the beginning of a file.
  ///
  /// - Precondition: It is a file; a text in memory is one block, which is read once.
  /// - Throws: `NNError` as when it was opened.
  func restart() throws(NNError) {
    guard let blockByteCount = file?.blockByteCount else {
      preconditionFailure("a text in memory is read once")
    }
    var file = try DecodedFile(path, blockByteCount)
    upcoming = try file.next()
    self.file = file
  }
}

/// A file that is inflated and converted to UTF-8 while it is read.
private struct DecodedFile {
  let blockByteCount: Int
  private let path: String
  private var stream: ByteStream
  private let decoder: UTF16Decoder?
  /// What was read to find the encoding, until it is part of a block.
  private var beginning: [UInt8]?
  /// The bytes of an incomplete character.
  private var pending: [UInt8] = []
  private var readCount = 0
  private let largestCount: Int

  /// The smallest first block.
  private static let beginningByteCount = 256

  init(_ path: String, _ blockByteCount: Int) throws(NNError) {
    self.path = path
    self.blockByteCount = blockByteCount
    stream = try ByteStream(path: path)
    largestCount = CSVText.largestInflatedCount(of: stream.storedCount)
    let bytes = try stream.read(upTo: max(blockByteCount, Self.beginningByteCount))
    decoder = try UTF16Decoder(beginning: bytes, at: path)
    beginning = decoder == nil ? bytes : Array(bytes.dropFirst(2))
  }

  /// The next block; nil at the end.
  mutating func next() throws(NNError) -> [UInt8]? {
    while true {
      let bytes = if let beginning { beginning } else { try stream.read(upTo: blockByteCount) }
      beginning = nil
      readCount += bytes.count
      guard readCount <= largestCount else {
        throw Gzip.excess(over: largestCount, at: path)
      }
      guard let decoder else { return bytes.isEmpty ? nil : bytes }
      let (text, rest) = try decoder.decode((pending + bytes)[...], isLast: bytes.isEmpty)
      pending = rest
      if !text.isEmpty { return text }
      if bytes.isEmpty { return nil }
    }
  }
}
