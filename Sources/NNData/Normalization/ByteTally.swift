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
  private static let pieceCount = 1 << 16

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

  /// Σx ÷ N, rounded once.
  var mean: Double { Double(sum) / Double(max(1, count)) }

  /// √(N · Σx² − (Σx)²) ÷ N, with an exact difference.
  var standardDeviation: Double {
    let difference = UInt128(count) * UInt128(squareSum) - UInt128(sum) * UInt128(sum)
    return Double(difference).squareRoot() / Double(max(1, count))
  }
}
