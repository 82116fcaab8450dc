import NNCore

/// Byte strings stored contiguously in one block of memory, numbered from 0.
struct ByteStrings: Sendable, Hashable {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }
  var indices: Range<Int> { 0..<ends.count }

  /// The range of a string in `bytes`.
  func range(_ number: Int) -> Range<Int> {
    (number == 0 ? 0 : ends[number - 1])..<ends[number]
  }

  subscript(number: Int) -> ArraySlice<UInt8> { bytes[range(number)] }

  mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }
}

/// The bytes of a vocabulary's tokens; the special tokens come first.
extension ByteStrings {
  /// The special tokens alone.
  static var specialTokens: ByteStrings {
    SpecialToken.allCases.reduce(into: ByteStrings()) { $0.append($1.bytes) }
  }

  /// The bytes of a token.
  ///
  /// - Throws: `NNError` when there is no such token.
  func bytes(of token: TokenID) throws(NNError) -> ArraySlice<UInt8> {
    guard token >= 0, token < count else {
      throw .invalid("token \(token) does not exist; the vocabulary has 0..<\(count)")
    }
    return self[Int(token)]
  }
}
