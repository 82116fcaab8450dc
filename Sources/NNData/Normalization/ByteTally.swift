/// Running statistics of bytes: their number, sum, sum of squares and range.
struct ByteTally {
  private var count = 0
  private var sum = 0
  private var squareSum = 0
  /// The smallest byte.
  private(set) var low = UInt8.max
  /// The largest byte.
  private(set) var high = UInt8.min

  /// Bytes per block: their squares sum up within 32 bits, which vectorizes.
  fileprivate static let pieceCount = 1 << 16

  /// Adds bytes.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    var (least, most) = (low, high)
    for start in stride(from: 0, to: bytes.count, by: Self.pieceCount) {
      let end = min(start + Self.pieceCount, bytes.count)
      var (pieceSum, pieceSquareSum) = (UInt32(0), UInt32(0))
      for byte in UnsafeBufferPointer(rebasing: bytes[start..<end]) {
        let number = UInt32(byte)
        pieceSum &+= number
        pieceSquareSum &+= number &* number
        least = min(least, byte)
        most = max(most, byte)
      }
      sum += Int(pieceSum)
      squareSum += Int(pieceSquareSum)
    }
    (low, high) = (least, most)
    count += bytes.count
  }

  /// Adds bytes by their number, sums and range.
  fileprivate mutating func add(count: Int, sum: Int, squareSum: Int, low: UInt8, high: UInt8) {
    self.count += count
    self.sum += sum
    self.squareSum += squareSum
    self.low = min(self.low, low)
    self.high = max(self.high, high)
  }

  /// Σx ÷ N, rounded once.
  var mean: Double { Double(sum) / Double(max(1, count)) }

  /// √(N · Σx² − (Σx)²) ÷ N, with an exact difference.
  var standardDeviation: Double {
    let difference = UInt128(count) * UInt128(squareSum) - UInt128(sum) * UInt128(sum)
    return Double(difference).squareRoot() / Double(max(1, count))
  }
}

/// The statistics of the bytes of several channels.
struct ByteTallies {
  private var tallies: [ByteTally]
  // Those of the last rows with a byte of each channel.
  private var rowCount = 0
  private var sums: [UInt32]
  private var squareSums: [UInt32]
  private var low: [UInt8]
  private var high: [UInt8]

  init(channelCount: Int) {
    tallies = [ByteTally](repeating: ByteTally(), count: channelCount)
    sums = [UInt32](repeating: 0, count: channelCount)
    squareSums = sums
    low = [UInt8](repeating: .max, count: channelCount)
    high = [UInt8](repeating: .min, count: channelCount)
  }

  /// Adds bytes of one channel, or a byte of each channel.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, of channels: Range<Int>) {
    guard channels.count == tallies.count, bytes.count == tallies.count else {
      tallies[channels.lowerBound].add(bytes)
      return
    }
    // Four loops, each of which vectorizes.
    sums.withUnsafeMutableBufferPointer { sums in
      for channel in bytes.indices { sums[channel] &+= UInt32(bytes[channel]) }
    }
    squareSums.withUnsafeMutableBufferPointer { sums in
      for channel in bytes.indices {
        sums[channel] &+= UInt32(bytes[channel]) &* UInt32(bytes[channel])
      }
    }
    low.withUnsafeMutableBufferPointer { low in
      for channel in bytes.indices { low[channel] = min(low[channel], bytes[channel]) }
    }
    high.withUnsafeMutableBufferPointer { high in
      for channel in bytes.indices { high[channel] = max(high[channel], bytes[channel]) }
    }
    rowCount += 1
    if rowCount == ByteTally.pieceCount { flush() }
  }

  private mutating func flush() {
    guard rowCount > 0 else { return }
    for channel in tallies.indices {
      tallies[channel].add(
        count: rowCount, sum: Int(sums[channel]), squareSum: Int(squareSums[channel]),
        low: low[channel], high: high[channel])
      (sums[channel], squareSums[channel]) = (0, 0)
    }
    rowCount = 0
  }

  /// The statistics of each channel.
  var all: [ByteTally] {
    var copy = self
    copy.flush()
    return copy.tallies
  }
}
