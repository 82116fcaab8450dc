import NNCore

/// A random order of examples in which neighbours stay near each other, so that a file is read in
/// blocks.
///
/// The examples are divided into blocks of neighbours. An epoch takes the blocks in a random order,
/// several at a time, and shuffles the examples of these. The order depends on seed and epoch alone.
struct ShuffleWindow: Sendable, Hashable {
  /// The number of examples.
  let count: Int
  /// The number of neighbours of a block; the last block may have fewer.
  private let blockSize: Int
  /// The number of blocks that are shuffled together.
  private let blocksAtOnce: Int

  /// The blocks of a window: more mix better, fewer are read faster from a disk.
  private static let blockCount = 16

  /// - Parameter size: The number of examples that are shuffled together, at least 1.
  init(_ size: Int, count: Int) {
    self.count = count
    blockSize = max(1, size / Self.blockCount)
    blocksAtOnce = max(1, size / blockSize)
  }

  /// The blocks of an epoch, those that are shuffled together in one array.
  func windows(seed: UInt64, epoch: Int) -> [[Range<Int>]] {
    let order = Philox(
      seed: seed, stream: RandomStream.windowBlocks, step: UInt32(truncatingIfNeeded: epoch)
    ).permutation((count + blockSize - 1) / blockSize)
    let blocks = order.map { $0 * blockSize..<min(($0 + 1) * blockSize, count) }
    return stride(from: 0, to: blocks.count, by: blocksAtOnce).map {
      Array(blocks[$0..<min($0 + blocksAtOnce, blocks.count)])
    }
  }

  /// The examples of an epoch in their order.
  func indices(seed: UInt64, epoch: Int) -> [Int] {
    let random = Philox(
      seed: seed, stream: RandomStream.windowOrder, step: UInt32(truncatingIfNeeded: epoch))
    var indices: [Int] = []
    indices.reserveCapacity(count)
    for window in windows(seed: seed, epoch: epoch) {
      let first = indices.count
      for block in window { indices += block }
      // Fisher–Yates within the window.
      for index in stride(from: indices.count - 1, to: first, by: -1) {
        indices.swapAt(index, first + random.integer(index, below: index - first + 1))
      }
    }
    return indices
  }
}
