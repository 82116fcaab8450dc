import NNCore
package import Testing

/// Damages a valid file like bit rot, broken copies and attackers: flipped bits, cut and duplicated
/// parts, moved parts, other numbers. The same seed always results in the same damage.
package struct Mutator {
  private var state: UInt64

  /// Starts a sequence of damages.
  package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// Texts of numbers that readers often handle wrongly.
  private static let numbers = [
    "-1", "0", "1", "255", "65536", "2147483648", "4294967295", "1000000000000",
    "4611686018427387904", "9223372036854775807", "-9223372036854775808", "18446744073709551615",
    "1e9", "1e308", "-0.0", "1e999", "nan", "", "00", "0x10",
  ].map { Array($0.utf8) }

  /// The file with one to four damages.
  package mutating func damaged(_ file: [UInt8]) -> [UInt8] {
    var bytes = file
    for _ in 0...below(3) where !bytes.isEmpty {
      let position = below(bytes.count)
      let end = min(bytes.count, position + 1 + below(1 << below(9)))
      switch below(9) {
      case 0, 1: bytes[position] ^= 1 << UInt8(below(8))
      case 2: bytes[position] = [0, 0x7F, 0x80, 0xFF, 0x0A, 0x22, 0x2C, 0x3A][below(8)]
      case 3: bytes.removeSubrange(position...)
      case 4: bytes.removeSubrange(position..<end)
      case 5: bytes.insert(contentsOf: bytes[position..<end], at: below(bytes.count))
      case 6:
        // A field of four or eight bytes.
        let value = [0, 1, .max, .max >> 1, 1 << 31, 1 << 40, 1 << 62][below(7)] as UInt64
        for index in 0..<(below(2) == 0 ? 4 : 8) where position + index < bytes.count {
          bytes[position + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
        }
      default: replaceNumber(in: &bytes, from: position)
      }
    }
    return bytes
  }

  /// Replaces the next number in the text by another one.
  private mutating func replaceNumber(in bytes: inout [UInt8], from position: Int) {
    func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }
    let rotated = Array(position..<bytes.count) + Array(0..<position)
    guard let start = rotated.first(where: { isDigit(bytes[$0]) }) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    bytes.replaceSubrange(start..<end, with: Self.numbers[below(Self.numbers.count)])
  }

  /// A number in 0..<bound (xorshift64*).
  private mutating func below(_ bound: Int) -> Int {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return Int((state &* 0x2545_F491_4F6C_DD1D >> 33) % UInt64(bound))
  }
}

/// Reads damaged copies of a file: each must be read, or rejected with an `NNError`, within a time
/// limit. A trap ends the tests.
///
/// - Parameters:
///   - file: A valid file.
///   - count: The number of damaged copies.
///   - limit: The largest number of processor seconds for a copy.
///   - read: Reads a copy.
package func expectRefusalOrSuccess(
  _ file: [UInt8], count: Int = 400, seed: UInt64 = 1, limit: Double = 2,
  sourceLocation: SourceLocation = #_sourceLocation, _ read: ([UInt8]) throws -> Void
) {
  #expect(throws: Never.self, "the file itself", sourceLocation: sourceLocation) { try read(file) }
  var mutator = Mutator(seed: seed)
  var refusals = 0
  for number in 0..<count {
    let copy = mutator.damaged(file)
    let seconds = processorSeconds {
      do {
        try read(copy)
      } catch let error as NNError {
        refusals += 1
        #expect("\(error)".utf8.count < 100_000, "copy \(number)", sourceLocation: sourceLocation)
      } catch {
        Issue.record("copy \(number): \(error)", sourceLocation: sourceLocation)
      }
    }
    #expect(seconds < limit, "copy \(number)", sourceLocation: sourceLocation)
  }
  #expect(refusals > count / 20, "hardly anything was refused", sourceLocation: sourceLocation)
}
