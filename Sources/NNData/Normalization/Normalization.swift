public import NNCore

/// The kinds of normalisation.
public enum NormalizationKind: Sendable, Hashable {
  /// No normalisation.
  case none
  /// Mean 0 and standard deviation 1 (of the population, divided by N).
  case standard
  /// Scaled to 0…1 by the smallest and the largest value.
  case minMax
  /// (x − mean) ÷ standard deviation with given values: one for all channels, or one per channel.
  case given(mean: [Double], standardDeviation: [Double])
}

/// A normalisation per channel: y = (x − offset) ÷ divisor.
///
/// Channels are the columns of [N, F], the last axis of [N, T, F], and the second axis of
/// [N, C, H, W] and above. For images in uint8, x is the byte ÷ 255. Fit it to training data and
/// use the same one everywhere else.
public struct Normalization: Sendable, Hashable {
  /// The numbers to subtract, one per channel; empty for no normalisation.
  public let offsets: [Double]
  /// The numbers to divide by, one per channel, none of them 0.
  public let divisors: [Double]

  /// No normalisation.
  public static let identity = Normalization(offsets: [], divisors: [])

  private init(offsets: [Double], divisors: [Double]) {
    self.offsets = offsets
    self.divisors = divisors
  }

  /// Fits a normalisation to the inputs of a data set.
  ///
  /// A constant channel is shifted, but not divided. Of sequences only the valid steps count.
  ///
  /// - Throws: `NNError` when the number of given means and deviations does not match the channels,
  ///   or a deviation is not above 0; if inputs are in a file that cannot be read; naming the channel whose range is too large or too small for
  ///   a finite scale.
  public static func fit(
    _ kind: NormalizationKind, on dataset: Dataset
  ) throws(NNError) -> Normalization {
    guard kind == .none || dataset.vocabulary == nil else {
      let inputs = dataset.tokenizers == nil && dataset.columns != nil ? "categories" : "tokens"
      throw .invalid(
        "\(inputs) cannot be normalised; leave out `normalize`", at: dataset.name,
        hint: dataset.columns.map { _ in
          "numbers next to them are scaled by column: columns: {NAME: {scale: standard}}"
        })
    }
    switch kind {
    case .none: return identity
    case .standard:
      let statistics = try ChannelStatistics(of: dataset)
      return try Normalization(
        offsets: statistics.means,
        divisors: statistics.standardDeviations.map { $0 == 0 ? 1 : $0 }
      ).requireScale(of: dataset, statistics)
    case .minMax:
      let statistics = try ChannelStatistics(of: dataset)
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

  /// Fits a normalisation to the targets of a data set, one offset and divisor for each column.
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
      name: "\(dataset.name): targets", source: Ports(dataset.targets),
      targets: dataset.targets, featureNames: dataset.targetNames)
    return try fit(kind, on: columns)
  }

  /// The inverse: x · divisor + offset, in the type of `scaled`.
  ///
  /// - Parameter scaled: [N, …] with the channels of this normalisation, such as a network's
  ///   outputs.
  /// - Parameter copies: The number of elements in a row that belong to the same channel, such as
  ///   quantiles of one target; 1 by default.
  public func inverted(_ scaled: HostTensor, copies: Int = 1) -> HostTensor {
    guard !offsets.isEmpty, scaled.dtype.isFloatingPoint, scaled.shape.rank >= 1 else {
      return scaled
    }
    let exampleShape = Shape(Array(scaled.shape.dimensions.dropFirst()))
    let layout = ChannelLayout(exampleShape)
    guard layout.channelCount == offsets.count * copies else { return scaled }
    let width = max(1, exampleShape.elementCount)
    var result = scaled
    func invert<Scalar: BinaryFloatingPoint>(_ numbers: UnsafeMutableBufferPointer<Scalar>) {
      for index in numbers.indices {
        let channel = layout.channel(of: index % width) / copies
        numbers[index] = Scalar(Double(numbers[index]) * divisors[channel] + offsets[channel])
      }
    }
    switch scaled.dtype {
    case .float32: result.withMutableScalars(as: Float.self) { invert($0) }
    default: result.withMutableScalars(as: Double.self) { invert($0) }
    }
    return result
  }

  /// Verifies that offsets, divisors, their reciprocals and quotients are finite.
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
      "\(name): its range, \(statistics.minima[channel]) to \(statistics.maxima[channel]), is too "
        + "large or too small to be normalised",
      at: dataset.name,
      hint: "change the column's unit, or leave it out")
  }

  /// The tensors to save: `normalization.offset` and `normalization.divisor`, float64 [channels];
  /// none for the identity.
  public var tensors: [(name: String, tensor: HostTensor)] {
    guard !offsets.isEmpty else { return [] }
    return [
      ("normalization.offset", HostTensor(offsets)),
      ("normalization.divisor", HostTensor(divisors)),
    ]
  }

  /// Creates a normalisation from saved `tensors`; the identity when there are none.
  ///
  /// - Throws: `NNError` when one of the two tensors is missing, or their shapes differ.
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
      throw .invalid("the normalization has a divisor of 0, or numbers that are not finite")
    }
  }

  /// Verifies that examples of a shape have the number of channels of this normalisation.
  ///
  /// - Throws: `NNError` naming both numbers.
  public func requireChannels(of inputShape: Shape, at place: String) throws(NNError) {
    let found = ChannelLayout(inputShape).channelCount
    guard offsets.isEmpty || offsets.count == found else {
      throw .invalid(
        "inputs of shape \(inputShape) have \(found) channels, the normalization has "
          + "\(offsets.count)",
        at: place)
    }
  }

  /// The coefficients for each element of an example, `inputScale` included.
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

  /// The map x · scale + offset of raw numbers to normalised ones, for graphs that compute it.
  ///
  /// In Float64 it yields, to the last bit, what batches hold before they are rounded to the run's
  /// type.
  ///
  /// - Parameter inputShape: The shape of one example's input.
  /// - Returns: A scale and an offset for each channel, in a shape that broadcasts over examples;
  ///   nil for the identity.
  package func affineMap(
    of inputShape: Shape
  ) -> (scales: HostTensor, offsets: HostTensor)? {
    guard !offsets.isEmpty else { return nil }
    let layout = ChannelLayout(inputShape)
    let after = inputShape.rank > 2 ? inputShape.rank - 1 : 0
    let shape = Shape([layout.channelCount] + [Int](repeating: 1, count: after))
    return (
      HostTensor(divisors.map { 1 / $0 }, shape: shape),
      HostTensor(zip(offsets, divisors).map { -$0 / $1 }, shape: shape)
    )
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
