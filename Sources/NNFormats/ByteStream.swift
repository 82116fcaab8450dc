package import NNCore

/// A stream of a file's bytes, inflated on the fly where the file is gzip-compressed.
///
/// Data are inflated only when they are read, so a reader that knows the size it expects never
/// holds more. A file is read a piece at a time.
package struct ByteStream {
  /// Deflate never shrinks data more than this (258 bytes from 2 bits).
  static let largestInflation = 1032
  /// The bytes of a file that are read at once.
  private static let pieceByteCount = 1 << 20

  /// The bytes of the file, as they are stored.
  package let storedCount: Int
  /// The file from which later pieces are read; nil where all bytes are in memory.
  private let file: PositionedFile?
  private let place: String
  /// The current piece, and how much of the file has been read with it.
  private var bytes: [UInt8]
  private var readCount: Int
  /// The next byte of the piece.
  private var position = 0
  private let inflater: Inflater?
  private var memberEnded = false

  init(_ bytes: [UInt8], at place: String) { self.init(bytes, of: nil, at: place) }

  /// Opens a file.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, is a folder, a device or a pipe, or
  ///   may not be read.
  package init(path: String) throws(NNError) {
    let file = try PositionedFile(path)
    try self.init(file.bytes(0..<Self.pieceByteCount), of: file, at: path)
  }

  private init(_ beginning: [UInt8], of file: PositionedFile?, at place: String) {
    self.file = file
    self.place = place
    bytes = beginning
    readCount = beginning.count
    storedCount = file?.byteCount ?? beginning.count
    inflater = Gzip.isCompressed(beginning) ? Inflater(format: .gzip) : nil
  }

  /// An upper bound on the length of the stream.
  var largestPossibleCount: Int {
    inflater == nil ? storedCount : storedCount.multipliedSaturating(by: Self.largestInflation)
  }

  /// Reads the next bytes: `count` of them, or fewer where the stream ends, none after it.
  ///
  /// - Throws: `NNError` for damaged gzip data, and if the file has been cut or overwritten.
  package mutating func read(upTo count: Int) throws(NNError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try read(upTo: count, into: &bytes)
    bytes.removeLast(count - found)
    return bytes
  }

  /// Fills `target`; fewer bytes come only at the end of the stream, none after it.
  mutating func read(into target: UnsafeMutableRawBufferPointer) throws(NNError) -> Int {
    var filled = 0
    while filled < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[filled...])
      let count = try readPiece(into: rest)
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Reads at most `count` bytes into the beginning of an array that has room for them.
  mutating func read(upTo count: Int, into target: inout [UInt8]) throws(NNError) -> Int {
    var result = 0
    var failure: NNError?
    target.withUnsafeMutableBytes { buffer in
      do throws(NNError) {
        result = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
      } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }

  /// Reads exactly `count` bytes; `what` names them in the error when the file ends before.
  mutating func bytes(_ count: Int, _ what: String) throws(NNError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    let found = try read(upTo: count, into: &result)
    guard found == count else {
      throw .invalid(
        "truncated: expected \(count) bytes of \(what), found \(found)", at: place)
    }
    return result
  }

  /// Verifies that nothing follows, checksums of the compression included.
  mutating func requireEnd() throws(NNError) {
    var byte: [UInt8] = [0]
    guard try read(upTo: 1, into: &byte) == 0 else {
      throw .invalid("holds more bytes than its header declares", at: place)
    }
  }

  private mutating func readPiece(
    into target: UnsafeMutableRawBufferPointer
  ) throws(NNError) -> Int {
    guard let inflater else {
      guard try hasBytes() else { return 0 }
      let count = min(target.count, bytes.count - position)
      target.copyBytes(from: bytes[position..<position + count])
      position += count
      return count
    }
    while true {
      if memberEnded {
        guard try startNextMember(of: inflater) else { return 0 }
      }
      // Without further bytes the inflater may still hold data.
      _ = try hasBytes()
      let start = position
      let step = bytes.withUnsafeBytes { input in
        inflater.step(from: UnsafeRawBufferPointer(rebasing: input[start...]), into: target)
      }
      position += step.consumed
      switch step.status {
      case .finished: memberEnded = true
      case .damaged(let reason): throw .invalid("damaged gzip data: \(reason)", at: place)
      case .more:
        if step.consumed == 0 && step.produced == 0 {
          throw .invalid("truncated: the gzip data end before their checksum", at: place)
        }
      }
      if step.produced > 0 { return step.produced }
    }
  }

  /// Whether the piece has that many more bytes, to which the next one is added if need be.
  private mutating func hasBytes(_ count: Int = 1) throws(NNError) -> Bool {
    while bytes.count - position < count {
      guard let file, readCount < storedCount else { return false }
      let next = try file.bytes(readCount..<readCount + Self.pieceByteCount)
      try file.requireUnchanged()
      bytes = Array(bytes[position...]) + next
      position = 0
      readCount += next.count
    }
    return true
  }

  /// Goes to the next member; false at the end of the file. Zeros may pad the end.
  private mutating func startNextMember(of inflater: Inflater) throws(NNError) -> Bool {
    let restCount = storedCount - readCount + bytes.count - position
    guard try hasBytes(2), bytes[position...].starts(with: [0x1F, 0x8B]) else {
      while try hasBytes() {
        guard bytes[position...].allSatisfy({ $0 == 0 }) else {
          throw .invalid("\(restCount) bytes of other data follow the gzip data", at: place)
        }
        position = bytes.count
      }
      return false
    }
    inflater.restart()
    memberEnded = false
    return true
  }
}
