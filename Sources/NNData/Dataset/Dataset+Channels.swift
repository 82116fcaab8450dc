package import NNCore

/// The numbers of the main input, column by column.
extension Dataset {
  /// The numbers of each channel of the main input for some examples, as the network gets them without
  /// a normalisation: bytes are divided by 255. A table's channels are its columns.
  ///
  /// - Throws: `NNError` if they are in a file that cannot be read.
  package func channelValues(of examples: [Int]) throws(NNError) -> [[Double]] {
    let layout = ChannelLayout(inputShape)
    let numbers = try sourceInputs.gathering(examples.map(sourceRow)).doubles
    let width = max(1, inputShape.elementCount)
    var channels = [[Double]](repeating: [], count: layout.channelCount)
    for channel in channels.indices {
      channels[channel].reserveCapacity(numbers.count / layout.channelCount)
    }
    let scale = inputScale
    for (index, number) in numbers.enumerated() {
      channels[layout.channel(of: index % width)].append(number * scale)
    }
    return channels
  }

  /// The numbers of one column of the main input [N, F] for all examples.
  ///
  /// - Throws: `NNError` if they are in a file that cannot be read.
  package func column(_ index: Int) throws(NNError) -> [Double] {
    let width = inputShape.elementCount
    var column: [Double] = []
    column.reserveCapacity(count)
    try forEachInputBlock { block, examples, place in
      func append<Scalar: TensorScalar>(_ number: (Scalar) -> Double) {
        block.withScalars(as: Scalar.self) { scalars in
          for example in examples { column.append(number(scalars[place(example) * width + index])) }
        }
      }
      switch block.dtype {
      case .float32: append { (number: Float) in Double(number) }
      case .float64: append { (number: Double) in number }
      case .int32: append { (number: Int32) in Double(number) }
      case .int64: append { (number: Int64) in Double(number) }
      case .uint8: append { (number: UInt8) in Double(number) }
      case .bool: append { (flag: Bool) in flag ? 1 : 0 }
      }
    }
    return column
  }

  /// The name of a column or channel, for messages: `column "age"`, `column 3`, `channel 1`.
  package func columnTitle(_ index: Int) -> String {
    if let featureNames, featureNames.indices.contains(index), inputShape.rank <= 2 {
      return "column \"\(featureNames[index])\""
    }
    return "\(inputShape.rank == 1 ? "column" : "channel") \(index)"
  }
}
