import NNCore

/// A stream of a file's bytes, inflated on the fly where the file is gzip-compressed.
///
/// Data are inflated only when they are read, so a reader that knows the size it expects never
/// holds more.
struct ByteStream {
  /// Deflate never shrinks data more than this (258 bytes from 2 bits).
  static let largestInflation = 1032

  private let bytes: [UInt8]
  private let place: String
  private var position = 0
  private let inflater: Inflater?
  private var memberEnded = false

  init(_ bytes: [UInt8], at place: String) {
    self.bytes = bytes
    self.place = place
    inflater = Gzip.isCompressed(bytes) ? Inflater(format: .gzip) : nil
  }

  /// An upper bound on the length of the stream.
  var largestPossibleCount: Int {
    inflater == nil ? bytes.count : bytes.count * ByteStream.largestInflation
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
      let count = min(target.count, bytes.count - position)
      target.copyBytes(from: bytes[position..<position + count])
      position += count
      return count
    }
    while true {
      if memberEnded {
        guard try startNextMember(of: inflater) else { return 0 }
      }
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

  /// Goes to the next member; false at the end of the file. Zeros may pad the end.
  private mutating func startNextMember(of inflater: Inflater) throws(NNError) -> Bool {
    let rest = bytes[position...]
    if rest.allSatisfy({ $0 == 0 }) { return false }
    guard rest.starts(with: [0x1F, 0x8B]) else {
      throw .invalid("\(rest.count) bytes of other data follow the gzip data", at: place)
    }
    inflater.restart()
    memberEnded = false
    return true
  }
}
