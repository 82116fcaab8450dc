/// Writes the wire format of Protocol Buffers: fields with their numbers, in the order of calls.
///
/// Fields with their default value (0, an empty text) are left out, as proto3 asks.
/// Source: https://protobuf.dev/programming-guides/encoding/
package struct ProtocolBuffer {
  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []

  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// A message that the closure fills.
  package static func message(_ fill: (inout ProtocolBuffer) -> Void) -> ProtocolBuffer {
    var message = ProtocolBuffer()
    fill(&message)
    return message
  }

  /// `int64`, `int32` and enumerations.
  package mutating func add(_ number: Int64, field: Int) {
    guard number != 0 else { return }
    key(field, .varint)
    varint(UInt64(bitPattern: number))
  }

  /// `double`.
  package mutating func add(_ number: Double, field: Int) {
    guard number.bitPattern != 0 else { return }
    key(field, .fixed64)
    bytes += number.bitPattern.littleEndianBytes
  }

  /// `float` in a `oneof`, which is written even if it is 0.
  package mutating func add(choice number: Float, field: Int) {
    key(field, .fixed32)
    bytes += number.bitPattern.littleEndianBytes
  }

  /// `string`.
  package mutating func add(_ text: String, field: Int) {
    guard !text.isEmpty else { return }
    add(bytes: Array(text.utf8), field: field)
  }

  /// `bytes`, written even if empty.
  package mutating func add(bytes content: [UInt8], field: Int) {
    key(field, .lengthDelimited)
    varint(UInt64(content.count))
    bytes += content
  }

  /// A message inside this one.
  package mutating func add(_ message: ProtocolBuffer, field: Int) {
    add(bytes: message.bytes, field: field)
  }

  /// `repeated double`, packed.
  package mutating func add(_ numbers: [Double], field: Int) {
    guard !numbers.isEmpty else { return }
    add(bytes: numbers.flatMap(\.bitPattern.littleEndianBytes), field: field)
  }

  private mutating func key(_ field: Int, _ type: WireType) {
    varint(UInt64(field) << 3 | type.rawValue)
  }

  private mutating func varint(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension FixedWidthInteger {
  /// The bytes, the least significant first.
  var littleEndianBytes: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
  }
}
