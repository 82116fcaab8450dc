import CZlib

/// The framing around deflated data.
enum DeflateFormat {
  /// Header, CRC-32 and length of RFC 1952.
  case gzip
  /// Two bytes and Adler-32 of RFC 1950, as in PNG.
  case zlib
  /// Nothing but the deflated bits (RFC 1951), as in zip archives.
  case raw

  /// zlib's `windowBits`: 15 bits of window, plus 16 for gzip, negative for none.
  fileprivate var windowBits: Int32 {
    switch self {
    case .gzip: 15 + 16
    case .zlib: 15
    case .raw: -15
    }
  }
}

/// Inflates deflated data piece by piece.
final class Inflater {
  /// The state of the stream after a step.
  enum Status {
    case more, finished
    case damaged(String)
  }

  // zlib keeps a pointer back to its stream, so the stream must never move.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Starts at the beginning of a stream (of a member, for gzip).
  init(format: DeflateFormat) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(
      stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start: status \(status)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Starts again with a new stream of the same format.
  func restart() { inflateReset(stream) }

  /// Consumes as much of `input` and fills as much of `output` as possible.
  func step(
    from input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (consumed: Int, produced: Int, status: Status) {
    let inputCount = UInt32(clamping: input.count)
    let outputCount = UInt32(clamping: output.count)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = inputCount
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = outputCount
    let code = inflate(stream, Z_NO_FLUSH)
    let status: Status =
      switch code {
      case Z_OK, Z_BUF_ERROR: .more
      case Z_STREAM_END: .finished
      default: .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(code)")
      }
    return (
      Int(inputCount - stream.pointee.avail_in), Int(outputCount - stream.pointee.avail_out), status
    )
  }
}

/// Deflates all bytes at zlib's default level.
func deflated(_ bytes: [UInt8], format: DeflateFormat) -> [UInt8] {
  var stream = z_stream()
  return withUnsafeMutablePointer(to: &stream) { stream in
    let started = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(started == Z_OK, "zlib cannot start: status \(started)")
    defer { deflateEnd(stream) }
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    return [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      bytes.withUnsafeBufferPointer { source in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.pointee.next_out = target.baseAddress
        var remaining = source.count
        // zlib counts in 32 bits; larger inputs are fed in pieces.
        repeat {
          let piece = UInt32(clamping: remaining)
          remaining -= Int(piece)
          stream.pointee.avail_in = piece
          repeat {
            let room = UInt32(clamping: bound - count)
            stream.pointee.avail_out = room
            deflate(stream, remaining == 0 ? Z_FINISH : Z_NO_FLUSH)
            count += Int(room - stream.pointee.avail_out)
          } while stream.pointee.avail_in > 0
        } while remaining > 0
      }
    }
  }
}

/// The checksum of gzip, zip and PNG: CRC-32 with the polynomial 0xEDB88320.
public enum CRC32 {
  /// The checksum of some bytes, or of all bytes so far when `previous` is that of the earlier
  /// ones.
  public static func checksum(
    _ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0
  ) -> UInt32 {
    UInt32(
      crc32_z(
        UInt(previous), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// The checksum of an array.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { checksum(UnsafeRawBufferPointer($0)) }
  }
}
