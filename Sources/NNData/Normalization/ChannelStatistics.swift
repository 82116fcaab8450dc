import NNCore

/// Mean, standard deviation and range of every channel of a data set's inputs, over the valid steps
/// of sequences. A channel without elements has mean 0 and deviation 0.
struct ChannelStatistics {
  private(set) var means: [Double]
  private(set) var standardDeviations: [Double]
  let minima: [Double]
  let maxima: [Double]

  /// Computes statistics of bytes in integers, without any rounding, and of others in Float64.
  ///
  /// - Throws: `NNError` if inputs are in a file that cannot be read.
  init(of dataset: Dataset) throws(NNError) {
    if dataset.sourceInputs.dtype == .uint8 {
      try self.init(ofBytes: dataset)
    } else {
      try self.init(ofNumbers: dataset)
    }
  }

  private init(ofBytes dataset: Dataset) throws(NNError) {
    let layout = ChannelLayout(dataset.inputShape)
    let rowCount = dataset.inputShape.elementCount
    let lengths = dataset.lengths?.scalars(as: Int32.self)
    var tallies = ByteTallies(channelCount: layout.channelCount)
    try dataset.forEachInputBlock { block, examples, place in
      block.withScalars(as: UInt8.self) { bytes in
        for row in examples {
          let first = place(row) * rowCount
          let valid = ChannelLayout.validCount(
            dataset.inputShape, steps: lengths.map { Int($0[row]) })
          for run in layout.runs(of: valid) {
            let elements = run.elements.lowerBound + first..<run.elements.upperBound + first
            tallies.add(UnsafeBufferPointer(rebasing: bytes[elements]), of: run.channels)
          }
        }
      }
    }
    let all = tallies.all
    let scale = dataset.inputScale
    means = all.map { $0.mean * scale }
    standardDeviations = all.map { $0.standardDeviation * scale }
    minima = all.map { Double($0.low) * scale }
    maxima = all.map { Double($0.high) * scale }
  }

  /// Two passes, so that the squares of small differences lose no digits.
  private init(ofNumbers dataset: Dataset) throws(NNError) {
    let layout = ChannelLayout(dataset.inputShape)
    let zeros = [Double](repeating: 0, count: layout.channelCount)
    var counts = [Int](repeating: 0, count: layout.channelCount)
    var sums = zeros
    var lowest = zeros.map { _ in Double.infinity }
    var highest = zeros.map { _ in -Double.infinity }
    try dataset.forEachRun(of: layout) { run, values in
      run.add(values, to: &sums) { value, _ in value }
      run.extend(&lowest, by: values) { min($0, $1) }
      run.extend(&highest, by: values) { max($0, $1) }
      for channel in run.channels { counts[channel] += values.count / run.channels.count }
    }
    let isEmpty = counts.map { $0 == 0 }
    minima = zip(lowest, isEmpty).map { $1 ? 0 : $0 }
    maxima = zip(highest, isEmpty).map { $1 ? 0 : $0 }
    means = zip(sums, counts).map { $0 / Double(max(1, $1)) }
    standardDeviations = zeros
    standardDeviations = try deviations(of: dataset, layout, counts, units: zeros.map { _ in 1 })
    try rescale(dataset, layout, counts)
  }

  /// √(Σ(x − mean)² ÷ N) of every channel, as a multiple of its unit.
  private func deviations(
    of dataset: Dataset, _ layout: ChannelLayout, _ counts: [Int], units: [Double]
  ) throws(NNError) -> [Double] {
    var squares = [Double](repeating: 0, count: counts.count)
    try dataset.forEachRun(of: layout) { run, values in
      run.add(values, to: &squares) { value, channel in
        let difference = (value - means[channel]) / units[channel]
        return difference * difference
      }
    }
    return counts.indices.map { channel in
      // Rounding of the mean must not make the deviation of a constant channel positive.
      minima[channel] == maxima[channel]
        ? 0 : (squares[channel] / Double(max(1, counts[channel]))).squareRoot()
    }
  }

  /// Recomputes channels whose sums or squares overflowed or underflowed, in units of their own: a
  /// power of two near their greatest magnitude.
  private mutating func rescale(
    _ dataset: Dataset, _ layout: ChannelLayout, _ counts: [Int]
  ) throws(NNError) {
    let isWrong = counts.indices.map { channel in
      let isConstant = minima[channel] == maxima[channel]
      let deviation = standardDeviations[channel]
      return !means[channel].isFinite
        || !isConstant && !(deviation.isFinite && deviation > 0x1p-500)
    }
    guard isWrong.contains(true) else { return }
    var units = counts.indices.map { channel in
      let magnitude = max(minima[channel].magnitude, maxima[channel].magnitude)
      return isWrong[channel] && magnitude > 0
        ? Double(sign: .plus, exponent: magnitude.exponent, significand: 1) : 1
    }
    var sums = [Double](repeating: 0, count: counts.count)
    try dataset.forEachRun(of: layout) { run, values in
      run.add(values, to: &sums) { value, channel in value / units[channel] }
    }
    for channel in counts.indices where isWrong[channel] {
      means[channel] = sums[channel] / Double(max(1, counts[channel])) * units[channel]
      // Half a range never overflows.
      let spread = max(maxima[channel] / 2 - means[channel] / 2, .leastNonzeroMagnitude)
      let other = max(means[channel] / 2 - minima[channel] / 2, spread)
      units[channel] = Double(sign: .plus, exponent: other.exponent, significand: 1)
    }
    let again = try deviations(of: dataset, layout, counts, units: units)
    for channel in counts.indices where isWrong[channel] {
      standardDeviations[channel] = again[channel] * units[channel]
    }
  }
}

extension Dataset {
  /// Calls `body` with every run of valid elements, example by example.
  fileprivate func forEachRun(
    of layout: ChannelLayout, _ body: (ChannelRun, UnsafeBufferPointer<Double>) -> Void
  ) throws(NNError) {
    let coefficients = Normalization.identity.coefficients(of: inputShape, inputScale: inputScale)
    let rowCount = inputShape.elementCount
    let lengths = lengths?.scalars(as: Int32.self)
    var row = [Double](repeating: 0, count: rowCount)
    try forEachInputBlock { block, examples, place in
      let rowBytes = rowCount * block.dtype.byteCount
      block.withBytes { bytes in
        row.withUnsafeMutableBufferPointer { row in
          guard let source = bytes.baseAddress, let target = row.baseAddress else { return }
          for index in examples {
            coefficients.copy(
              from: source + place(index) * rowBytes, dtype: block.dtype, into: target)
            let valid = ChannelLayout.validCount(inputShape, steps: lengths.map { Int($0[index]) })
            for run in layout.runs(of: valid) {
              body(
                run,
                UnsafeBufferPointer(
                  start: target + run.elements.lowerBound, count: run.elements.count))
            }
          }
        }
      }
    }
  }
}
