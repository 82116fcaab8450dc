public import NNCore

/// Gzip files (RFC 1952), whole in memory.
///
/// Checksums and lengths are verified; concatenated members are read as one stream, as by `gzip`.
public enum Gzip {
  /// Whether bytes begin like a gzip file.
  public static func isCompressed(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// Inflates a gzip file.
  ///
  /// - Parameters:
  ///   - bytes: The compressed file.
  ///   - limit: The largest size of the result in bytes; protects against files made to fill
  ///     memory.
  ///   - place: The file's name for errors.
  /// - Throws: `NNError` when the file is not gzip, is truncated, fails its checksum or inflates
  ///   to more than `limit` bytes.
  public static func inflate(
    _ bytes: [UInt8], limit: Int, at place: String
  ) throws(NNError) -> [UInt8] {
    guard isCompressed(bytes) else {
      throw .invalid("expected a gzip file, found other bytes", at: place)
    }
    var stream = ByteStream(bytes, at: place)
    var result: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try stream.read(upTo: piece.count, into: &piece)
      guard count > 0 else { return result }
      guard result.count + count <= limit else {
        throw excess(over: limit, at: place)
      }
      result += piece[..<count]
    }
  }

  /// The error for a file that inflates to more than `limit` bytes.
  package static func excess(over limit: Int, at place: String) -> NNError {
    .invalid(
      "inflates to more than the \(limit) bytes expected", at: place,
      hint: "if its text repeats that much, unpack it first: gunzip -k FILE")
  }

  /// Compresses bytes into a gzip file; the same bytes always give the same file.
  public static func deflate(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, format: .gzip) }
}
