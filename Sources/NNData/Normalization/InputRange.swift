package import NNCore

/// The range of a data set's raw inputs: 0…1 for bytes, which are images; otherwise the smallest and
/// largest value of each channel, over the valid steps of sequences.
package struct InputRange: Sendable, Hashable {
  /// The smallest value of each channel.
  package let low: [Double]
  /// The largest value of each channel.
  package let high: [Double]

  /// Measures the inputs of a data set.
  ///
  /// - Throws: `NNError` if they are in a file that cannot be read.
  package init(of dataset: Dataset) throws(NNError) {
    guard dataset.sourceInputs.dtype != .uint8 else {
      let count = ChannelLayout(dataset.inputShape).channelCount
      low = [Double](repeating: 0, count: count)
      high = [Double](repeating: 1, count: count)
      return
    }
    let statistics = try ChannelStatistics(of: dataset)
    (low, high) = (statistics.minima, statistics.maxima)
  }

  /// The largest difference between two values of a channel.
  package var width: Double { zip(low, high).map { $1 - $0 }.max() ?? 0 }

  /// The largest Euclidean distance between two examples of a shape.
  package func diameter(of example: Shape) -> Double {
    let layout = ChannelLayout(example)
    let squares = zip(low, high).reduce(0.0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
    return (squares * Double(example.elementCount / layout.channelCount)).squareRoot()
  }

  /// The bounds of every element of some inputs.
  ///
  /// An input that lies outside the range is its own bound, and so is the padding of sequences, which
  /// therefore cannot change.
  ///
  /// - Parameters:
  ///   - inputs: [N, …] raw inputs.
  ///   - lengths: The valid steps of each sequence, int32 [N]; nil where all are.
  /// - Returns: Two tensors of the type of `inputs`.
  package func bounds(
    of inputs: HostTensor, lengths: HostTensor?
  ) -> (low: HostTensor, high: HostTensor) {
    let example = Shape(Array(inputs.shape.dimensions.dropFirst()))
    let (layout, width) = (ChannelLayout(example), max(1, example.elementCount))
    let steps = lengths?.scalars(as: Int32.self)
    let numbers = inputs.doubles
    var (lower, upper) = (numbers, numbers)
    for row in 0..<inputs.shape[0] {
      let valid = ChannelLayout.validCount(example, steps: steps.map { Int($0[row]) })
      for element in 0..<valid {
        let (index, channel) = (row * width + element, layout.channel(of: element))
        lower[index] = min(numbers[index], low[channel])
        upper[index] = max(numbers[index], high[channel])
      }
    }
    func tensor(_ numbers: [Double]) -> HostTensor {
      HostTensor(doubles: numbers, shape: inputs.shape, dtype: inputs.dtype)
    }
    return (tensor(lower), tensor(upper))
  }
}
