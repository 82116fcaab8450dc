import NNCore

/// Which elements of a row belong to the same channel.
struct ChannelLayout {
  let channelCount: Int
  /// Neighbouring elements of one channel.
  let innerCount: Int

  /// The layout of rows: [F] and [T, F] have their channels last, [C, H, W] and longer ones first.
  init(_ rowShape: Shape) {
    switch rowShape.rank {
    case 0: (channelCount, innerCount) = (1, 1)
    case 1, 2: (channelCount, innerCount) = (rowShape[-1], 1)
    default:
      channelCount = rowShape[0]
      innerCount = rowShape.dimensions.dropFirst().reduce(1, *)
    }
  }

  /// The channel of an element of a row.
  func channel(of element: Int) -> Int { element / innerCount % channelCount }
}

/// Mean, deviation and range of every channel of a data set's inputs.
struct ChannelStatistics {
  private(set) var means: [Double]
  private(set) var standardDeviations: [Double]
  private(set) var minima: [Double]
  private(set) var maxima: [Double]

  /// Goes through the rows twice, for the squares of small differences lose no digits.
  init(of dataset: Dataset) {
    let layout = ChannelLayout(dataset.inputShape)
    let zeros = [Double](repeating: 0, count: layout.channelCount)
    let perChannel = Double(dataset.inputs.elementCount / max(1, layout.channelCount))
    var (sums, squares) = (zeros, zeros)
    var lowest = zeros.map { _ in Double.infinity }
    var highest = zeros.map { _ in -Double.infinity }
    dataset.forEachRun(of: layout) { channel, run in
      var (sum, low, high) = (0.0, lowest[channel], highest[channel])
      for value in run {
        sum += value
        low = min(low, value)
        high = max(high, value)
      }
      sums[channel] += sum
      lowest[channel] = low
      highest[channel] = high
    }
    let means = sums.map { $0 / perChannel }
    dataset.forEachRun(of: layout) { channel, run in
      var sum = 0.0
      for value in run { sum += (value - means[channel]) * (value - means[channel]) }
      squares[channel] += sum
    }
    self.means = means
    standardDeviations = zip(squares, zip(lowest, highest)).map { square, range in
      // Rounding of the mean must not make a constant channel look alive.
      range.0 == range.1 ? 0 : (square / perChannel).squareRoot()
    }
    minima = lowest
    maxima = highest
  }
}

extension Dataset {
  /// Calls `body` with every run of neighbouring elements of one channel, row by row.
  fileprivate func forEachRun(
    of layout: ChannelLayout, _ body: (Int, UnsafeBufferPointer<Double>) -> Void
  ) {
    let coefficients = Normalization.identity.coefficients(of: inputShape, inputScale: inputScale)
    let rowCount = inputShape.elementCount
    let rowBytes = rowCount * inputs.dtype.byteCount
    var row = [Double](repeating: 0, count: rowCount)
    inputs.withBytes { bytes in
      row.withUnsafeMutableBufferPointer { row in
        guard let source = bytes.baseAddress, let target = row.baseAddress else { return }
        for index in 0..<count {
          coefficients.copy(from: source + index * rowBytes, dtype: inputs.dtype, into: target)
          for start in stride(from: 0, to: rowCount, by: layout.innerCount) {
            body(
              layout.channel(of: start),
              UnsafeBufferPointer(start: target + start, count: layout.innerCount))
          }
        }
      }
    }
  }
}
