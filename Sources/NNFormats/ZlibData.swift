/// Deflated data in zlib's own framing (RFC 1950), as PNG files hold them.
package enum ZlibData {
  /// Compresses bytes; the same bytes always give the same result.
  package static func deflate(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, format: .zlib) }

  /// Inflates bytes; nil when they are damaged, truncated or inflate to more than `limit` bytes.
  package static func inflate(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    let inflater = Inflater(format: .zlib)
    var result = [UInt8](repeating: 0, count: limit)
    return bytes.withUnsafeBytes { source in
      let step = result.withUnsafeMutableBytes { inflater.step(from: source, into: $0) }
      guard case .finished = step.status else { return nil }
      return Array(result[..<step.produced])
    }
  }
}
