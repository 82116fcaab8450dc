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

  /// Measures bytes in whole numbers, without any rounding, and others in Float64.
  init(of dataset: Dataset) {
    if dataset.sourceInputs.dtype == .uint8 {
      self.init(ofBytes: dataset)
    } else {
      self.init(ofNumbers: dataset)
    }
  }

  private init(ofBytes dataset: Dataset) {
    let layout = ChannelLayout(dataset.inputShape)
    let rowCount = dataset.inputShape.elementCount
    var tallies = [ByteTally](repeating: ByteTally(), count: layout.channelCount)
    dataset.sourceInputs.withScalars(as: UInt8.self) { bytes in
      for row in 0..<dataset.count {
        let first = dataset.sourceRow(of: row) * rowCount
        for start in stride(from: 0, to: rowCount, by: layout.innerCount) {
          let run = first + start..<first + start + layout.innerCount
          tallies[layout.channel(of: start)].add(UnsafeBufferPointer(rebasing: bytes[run]))
        }
      }
    }
    let scale = dataset.inputScale
    means = tallies.map { $0.mean * scale }
    standardDeviations = tallies.map { $0.standardDeviation * scale }
    minima = tallies.map { Double($0.low) * scale }
    maxima = tallies.map { Double($0.high) * scale }
  }

  /// Goes through the rows twice, for the squares of small differences lose no digits.
  private init(ofNumbers dataset: Dataset) {
    let layout = ChannelLayout(dataset.inputShape)
    let zeros = [Double](repeating: 0, count: layout.channelCount)
    let perChannel = Double(
      dataset.count * dataset.inputShape.elementCount / max(1, layout.channelCount))
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
    let dtype = sourceInputs.dtype
    let rowBytes = rowCount * dtype.byteCount
    var row = [Double](repeating: 0, count: rowCount)
    sourceInputs.withBytes { bytes in
      row.withUnsafeMutableBufferPointer { row in
        guard let source = bytes.baseAddress, let target = row.baseAddress else { return }
        for index in 0..<count {
          coefficients.copy(
            from: source + sourceRow(of: index) * rowBytes, dtype: dtype, into: target)
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
