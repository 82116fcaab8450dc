import NNCore

/// The numbers of the main input, column by column.
extension Dataset {
  /// The numbers of each channel of the main input for some examples, as the network gets them without
  /// a normalisation: bytes are divided by 255. A table's channels are its columns.
  package func channelValues(of examples: [Int]) -> [[Double]] {
    let layout = ChannelLayout(inputShape)
    let numbers = sourceInputs.gathering(examples.map(sourceRow)).doubles
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
  package func column(_ index: Int) -> [Double] {
    let width = inputShape.elementCount
    func values<Scalar: TensorScalar>(_ number: (Scalar) -> Double) -> [Double] {
      sourceInputs.withScalars(as: Scalar.self) { scalars in
        (0..<count).map { number(scalars[sourceRow(of: $0) * width + index]) }
      }
    }
    return switch sourceInputs.dtype {
    case .float32: values { (number: Float) in Double(number) }
    case .float64: values { (number: Double) in number }
    case .int32: values { (number: Int32) in Double(number) }
    case .int64: values { (number: Int64) in Double(number) }
    case .uint8: values { (number: UInt8) in Double(number) }
    case .bool: values { (flag: Bool) in flag ? 1 : 0 }
    }
  }

  /// The name of a column or channel, for messages: `column "age"`, `column 3`, `channel 1`.
  package func columnTitle(_ index: Int) -> String {
    if let featureNames, featureNames.indices.contains(index), inputShape.rank <= 2 {
      return "column \"\(featureNames[index])\""
    }
    return "\(inputShape.rank == 1 ? "column" : "channel") \(index)"
  }
}
