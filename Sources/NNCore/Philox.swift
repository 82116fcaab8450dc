#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A counter-based random generator: Philox4x32 with ten rounds.
///
/// A number depends only on (seed, stream, step, index), so results do not change with the number
/// of threads, the batch boundaries or the order of calls.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// Key = seed; counter = (block index: 64 bits, stream: 32 bits, step: 32 bits).
public struct Philox: Sendable, Hashable {
  /// The run's seed.
  public let seed: UInt64
  /// The stream: each use of random numbers has one of its own.
  public let stream: UInt32
  /// The training step, epoch or other moment.
  public let step: UInt32

  /// Creates the generator for one stream at one step.
  public init(seed: UInt64, stream: UInt32 = 0, step: UInt32 = 0) {
    self.seed = seed
    self.stream = stream
    self.step = step
  }

  /// The four 32-bit words of a block.
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    // Scalars rather than lanes of a vector: each round multiplies two of them.
    var words = (
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), stream, step
    )
    var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let first = UInt64(words.0) &* 0xD251_1F53
      let second = UInt64(words.2) &* 0xCD9E_8D57
      words = (
        UInt32(truncatingIfNeeded: second >> 32) ^ words.1 ^ key.0,
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ words.3 ^ key.1,
        UInt32(truncatingIfNeeded: first)
      )
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return SIMD4(words.0, words.1, words.2, words.3)
  }

  /// The 32 random bits of element `index`.
  public func bits(_ index: Int) -> UInt32 { block(UInt64(index) >> 2)[index & 3] }

  /// A number in [0, 1) with 24 random bits, the one that kernels draw for element `index`.
  public func uniform(_ index: Int) -> Double { Double(bits(index) >> 8) * 0x1p-24 }

  /// A number in [0, 1) with 53 random bits.
  public func preciseUniform(_ index: Int) -> Double {
    let words = block(UInt64(index))
    return Double((UInt64(words[0]) << 32 | UInt64(words[1])) >> 11) * 0x1p-53
  }

  /// A standard normal number (Box–Muller over the two halves of a block).
  public func normal(_ index: Int) -> Double {
    let words = block(UInt64(index))
    let first = Double((UInt64(words[0]) << 32 | UInt64(words[1])) >> 11) + 1
    let second = Double((UInt64(words[2]) << 32 | UInt64(words[3])) >> 11)
    return (-2 * log(first * 0x1p-53)).squareRoot() * cos(2 * .pi * second * 0x1p-53)
  }

  /// An integer in 0..<bound without bias.
  public func integer(_ index: Int, below bound: Int) -> Int {
    let words = block(UInt64(index))
    let bits = UInt64(words[0]) << 32 | UInt64(words[1])
    return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A random permutation of 0..<count (Fisher–Yates).
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, integer(index, below: index + 1))
    }
    return order
  }
}
