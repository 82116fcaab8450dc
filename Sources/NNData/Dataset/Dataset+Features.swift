package import NNCore

/// A feature of a data set: a column of a table, a column of a series with all its steps, or a
/// channel of images with all its pixels.
public struct DataFeature: Sendable, Hashable {
  /// The name: that of the column, else the number of the channel; with several inputs after the
  /// name of the input: `image[2]`.
  public let name: String
  /// The name of the input that it belongs to.
  public let input: String
  /// The number of the channel of that input, from 0.
  public let channel: Int
}

extension Dataset {
  /// The features of all inputs other than a decoder's, in order.
  public var features: [DataFeature] {
    let inputs = source.names.filter { $0 != PortName.lengths && $0 != PortName.decoderInput }
    return inputs.flatMap { input -> [DataFeature] in
      guard let rows = source[input] else { return [] }
      let count = ChannelLayout(rows.exampleShape).channelCount
      let columns = input == inputs[0] && featureNames?.count == count ? featureNames : nil
      return (0..<count).map { channel in
        let name =
          columns?[channel]
          ?? (inputs == [PortName.input] || inputs.count == 1 && count > 1
            ? "\(channel)" : count == 1 ? input : "\(input)[\(channel)]")
        return DataFeature(name: name, input: input, channel: channel)
      }
    }
  }

  /// The same examples, in which one feature has the values of other examples.
  ///
  /// - Parameters:
  ///   - feature: One of ``features``.
  ///   - order: For each example the index of the one whose value it gets.
  /// - Throws: `NNError` if inputs are in a file and take more memory than there is.
  package func permuting(_ feature: DataFeature, by order: [Int]) throws(NNError) -> Dataset {
    var inputs = try readNamedInputs()
    guard let tensor = inputs[feature.input] else { return self }
    inputs[feature.input] = tensor.copyingChannel(
      feature.channel, of: tensor.gathering(order))
    return withInputs(inputs)
  }
}

extension HostTensor {
  /// The shape of one example.
  fileprivate var exampleShape: Shape { Shape(Array(shape.dimensions.dropFirst())) }

  /// The tensor with one channel of every example replaced by that of another tensor of its type.
  fileprivate func copyingChannel(_ channel: Int, of other: HostTensor) -> HostTensor {
    let layout = ChannelLayout(exampleShape)
    guard layout.channelCount > 1 else { return other }
    var result = self
    // Channels alternate in runs of equal length, which examples repeat.
    let run = layout.innerCount * dtype.byteCount
    result.withMutableBytes { target in
      other.withBytes { source in
        guard let target = target.baseAddress, let start = source.baseAddress else { return }
        for offset in stride(
          from: channel * run, to: source.count, by: layout.channelCount * run)
        {
          (target + offset).copyMemory(from: start + offset, byteCount: run)
        }
      }
    }
    return result
  }
}
