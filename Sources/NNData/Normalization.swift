public import NNCore

/// How inputs are brought to a common scale.
public enum NormalizationKind: Sendable, Hashable {
  /// As they are.
  case none
  /// Mean 0 and standard deviation 1 (of the population, divided by N).
  case standard
  /// From 0 to 1.
  case minMax
  /// (x − mean) ÷ standard deviation with given numbers: one each, or one for every channel.
  case given(mean: [Double], standardDeviation: [Double])
}

/// The scale of inputs, one per channel: y = (x − offset) ÷ divisor.
///
/// Channels are the columns of [N, F], the last axis of [N, T, F], and the second axis of
/// [N, C, H, W] and beyond. Pictures in uint8 count as x ÷ 255. Fit it to training data and use the
/// same one everywhere else.
public struct Normalization: Sendable, Hashable {
  /// What is subtracted, one per channel, or empty for no normalisation.
  public let offsets: [Double]
  /// What is divided by, one per channel, none of them 0.
  public let divisors: [Double]

  /// Inputs as they are.
  public static let identity = Normalization(offsets: [], divisors: [])

  private init(offsets: [Double], divisors: [Double]) {
    self.offsets = offsets
    self.divisors = divisors
  }

  /// Finds the scale of the inputs of a data set.
  ///
  /// A channel that never changes is shifted, but not divided. Of sequences the valid steps count.
  ///
  /// - Throws: `NNError` when given means and deviations do not match the channels, or a deviation is
  ///   not above 0; naming the channel whose numbers are so far apart or so close that they have no
  ///   scale.
  public static func fit(
    _ kind: NormalizationKind, on dataset: Dataset
  ) throws(NNError) -> Normalization {
    guard kind == .none || dataset.vocabulary == nil else {
      throw .invalid("tokens have no scale; leave out `normalize`", at: dataset.name)
    }
    switch kind {
    case .none: return identity
    case .standard:
      let statistics = ChannelStatistics(of: dataset)
      return try Normalization(
        offsets: statistics.means,
        divisors: statistics.standardDeviations.map { $0 == 0 ? 1 : $0 }
      ).requireScale(of: dataset, statistics)
    case .minMax:
      let statistics = ChannelStatistics(of: dataset)
      return try Normalization(
        offsets: statistics.minima,
        divisors: zip(statistics.minima, statistics.maxima).map { $1 == $0 ? 1 : $1 - $0 }
      ).requireScale(of: dataset, statistics)
    case .given(let mean, let standardDeviation):
      let channels = ChannelLayout(dataset.inputShape).channelCount
      return Normalization(
        offsets: try spread(mean, "mean", over: channels, at: dataset.name),
        divisors: try spread(
          standardDeviation, "std", over: channels, at: dataset.name, positive: true))
    }
  }

  /// Finds the scale of the targets of a data set, one for each column.
  ///
  /// - Throws: `NNError` for targets that are class labels, and as `fit(_:on:)` does.
  public static func fit(
    _ kind: NormalizationKind, onTargetsOf dataset: Dataset
  ) throws(NNError) -> Normalization {
    guard kind != .none else { return identity }
    guard !dataset.hasLabels else {
      throw .invalid(
        "`normalize_target` scales numbers, and the targets are class labels", at: dataset.name,
        hint: "leave it out")
    }
    let columns = try Dataset(
      name: "\(dataset.name): targets", source: NetworkInput(dataset.targets),
      targets: dataset.targets, featureNames: dataset.targetNames)
    return try fit(kind, on: columns)
  }

  /// The numbers (x · divisor + offset) that scaled ones stand for, in their type.
  ///
  /// - Parameter scaled: [N, …] with the channels of this scale, such as a network's outputs.
  public func undone(_ scaled: HostTensor) -> HostTensor {
    guard !offsets.isEmpty, scaled.dtype.isFloatingPoint, scaled.shape.rank >= 1 else {
      return scaled
    }
    let rowShape = Shape(Array(scaled.shape.dimensions.dropFirst()))
    let layout = ChannelLayout(rowShape)
    guard layout.channelCount == offsets.count else { return scaled }
    let width = max(1, rowShape.elementCount)
    var result = scaled
    func undo<Scalar: BinaryFloatingPoint>(_ numbers: UnsafeMutableBufferPointer<Scalar>) {
      for index in numbers.indices {
        let channel = layout.channel(of: index % width)
        numbers[index] = Scalar(Double(numbers[index]) * divisors[channel] + offsets[channel])
      }
    }
    switch scaled.dtype {
    case .float32: result.withMutableScalars(as: Float.self) { undo($0) }
    default: result.withMutableScalars(as: Double.self) { undo($0) }
    }
    return result
  }

  /// Verifies that every number of the scale, and what divides by it, is finite.
  private func requireScale(
    of dataset: Dataset, _ statistics: ChannelStatistics
  ) throws(NNError) -> Normalization {
    let wrong = offsets.indices.first { channel in
      let factor = 1 / divisors[channel]
      return !offsets[channel].isFinite || !divisors[channel].isFinite || !factor.isFinite
        || !(offsets[channel] * factor).isFinite
    }
    guard let channel = wrong else { return self }
    let names = dataset.inputShape.rank == 1 ? dataset.featureNames : nil
    let name = names.map { "column \"\($0[channel])\"" } ?? "channel \(channel) (from 0)"
    throw .invalid(
      "\(name): its numbers from \(statistics.minima[channel]) to "
        + "\(statistics.maxima[channel]) have no scale within what numbers can hold",
      at: dataset.name,
      hint: "change the column's unit, or leave it out")
  }

  /// The numbers as tensors to be saved: `normalization.offset` and `normalization.divisor`, float64
  /// [channels]; none for the identity.
  public var tensors: [(name: String, tensor: HostTensor)] {
    guard !offsets.isEmpty else { return [] }
    return [
      ("normalization.offset", HostTensor(offsets)),
      ("normalization.divisor", HostTensor(divisors)),
    ]
  }

  /// Reads back what `tensors` gave; the identity where there is nothing.
  ///
  /// - Throws: `NNError` when one of the two tensors is missing, or they do not fit together.
  public init(
    tensors: [(name: String, tensor: HostTensor)]
  ) throws(NNError) {
    let offset = tensors.first { $0.name == "normalization.offset" }?.tensor
    let divisor = tensors.first { $0.name == "normalization.divisor" }?.tensor
    if offset == nil && divisor == nil {
      self = .identity
      return
    }
    guard let offset, let divisor, offset.shape == divisor.shape, offset.shape.rank == 1 else {
      throw .invalid(
        "expected normalization.offset and normalization.divisor, one number per channel each")
    }
    self.init(offsets: offset.doubles, divisors: divisor.doubles)
    guard offsets.allSatisfy(\.isFinite), divisors.allSatisfy({ $0.isFinite && $0 != 0 }) else {
      throw .invalid("the normalization holds 0, NaN or infinity as a divisor or offset")
    }
  }

  /// Verifies that rows of a shape have as many channels as this scale.
  ///
  /// - Throws: `NNError` naming both numbers.
  public func requireChannels(of inputShape: Shape, at place: String) throws(NNError) {
    let found = ChannelLayout(inputShape).channelCount
    guard offsets.isEmpty || offsets.count == found else {
      throw .invalid(
        "rows of shape \(inputShape) have \(found) channels, the normalization has "
          + "\(offsets.count)",
        at: place)
    }
  }

  /// The line through every element of a row, `inputScale` included.
  func coefficients(of inputShape: Shape, inputScale: Double) -> RowCoefficients {
    let layout = ChannelLayout(inputShape)
    let channels = (0..<inputShape.elementCount).map { layout.channel(of: $0) }
    guard !offsets.isEmpty else {
      return RowCoefficients(
        scales: channels.map { _ in inputScale }, offsets: channels.map { _ in 0 })
    }
    return RowCoefficients(
      scales: channels.map { inputScale / divisors[$0] },
      offsets: channels.map { -offsets[$0] / divisors[$0] })
  }

  private static func spread(
    _ numbers: [Double], _ what: String, over channels: Int, at place: String,
    positive: Bool = false
  ) throws(NNError) -> [Double] {
    guard numbers.count == 1 || numbers.count == channels else {
      throw .invalid(
        "\(what) has \(numbers.count) numbers; expected 1 or one for each of the \(channels) "
          + "channels",
        at: place)
    }
    guard numbers.allSatisfy({ $0.isFinite && (!positive || $0 > 0) }) else {
      throw .invalid(
        "\(what) must be \(positive ? "finite and above 0" : "finite"), found \(numbers)",
        at: place)
    }
    return numbers.count == channels
      ? numbers : [Double](repeating: numbers[0], count: channels)
  }
}
