import NNReports

/// The numbers of a frame, in the order in which they were added.
///
/// A frame is: the number of bytes of its header (UInt32), the header as JSON, padded with spaces
/// to a multiple of four, then the body: float32 numbers, then uint16 numbers, then uint8 numbers;
/// all of them little-endian.
struct FrameBody {
  private var bytes: [UInt8] = []

  /// Adds float32 numbers.
  mutating func add(floats: some Collection<Float>) {
    bytes.reserveCapacity(bytes.count + 4 * floats.count)
    for number in floats {
      withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  /// Adds uint16 numbers.
  mutating func add(words: some Collection<UInt16>) {
    bytes.reserveCapacity(bytes.count + 2 * words.count)
    for word in words {
      bytes.append(UInt8(truncatingIfNeeded: word))
      bytes.append(UInt8(truncatingIfNeeded: word >> 8))
    }
  }

  /// Adds bytes.
  mutating func add(bytes more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  /// The frame with a header.
  func framed(_ header: JSONLine) -> [UInt8] {
    var text = Array(header.text.utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (4 - text.count % 4) % 4)
    let length = withUnsafeBytes(of: UInt32(text.count).littleEndian) { Array($0) }
    return length + text + bytes
  }
}
