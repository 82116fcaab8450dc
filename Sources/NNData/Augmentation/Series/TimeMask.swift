/// Replaces a random span of steps of a series by a number, with probability p.
///
/// The span's length is uniform from 0 to a share of the series, as in SpecAugment.
///
/// Source: Park et al., "SpecAugment: a simple data augmentation method for automatic speech
/// recognition", Interspeech 2019.
public struct TimeMask: Augmentation {
  /// The span's largest share of the series.
  public let share: Double
  /// The probability.
  public let probability: Double
  /// The number in the span, in the unit of the data.
  public let value: Double

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - share: The span's largest share of the series; 0.1 by default.
  ///   - probability: The probability; 1 by default.
  ///   - value: The number in the span; 0 by default.
  public init(share: Double = 0.1, probability: Double = 1, value: Double = 0) {
    self.share = share
    self.probability = probability
    self.value = value
  }

  /// The name in config files: `time_mask`.
  public var name: String { "time_mask" }
  /// Series.
  public var kinds: Set<ExampleKind> { [.series] }

  /// Masks a random span, or none.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    guard random.happens(probability) else { return }
    let (steps, features) = (example.validHeight, example.layout.width)
    let most = min(steps, Int((share * Double(steps)).rounded(.down)))
    let length = random.integer(below: most + 1)
    let first = random.integer(below: steps - length + 1)
    for index in first * features..<(first + length) * features {
      example.values[index] = value * example.layout.unit
    }
  }
}
