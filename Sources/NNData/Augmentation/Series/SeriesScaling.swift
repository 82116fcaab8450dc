/// Multiplies each feature of a series by a factor that is normal with mean 1.
///
/// Source: Um et al., "Data augmentation of wearable sensor data for Parkinson's disease monitoring
/// using convolutional neural networks", ICMI 2017.
public struct SeriesScaling: Augmentation {
  /// The standard deviation of the factors.
  public let sigma: Double

  /// Creates the augmentation; the standard deviation is 0.1 by default.
  public init(sigma: Double = 0.1) { self.sigma = sigma }

  /// The name in config files: `scaling`.
  public var name: String { "scaling" }
  /// Series.
  public var kinds: Set<ExampleKind> { [.series] }

  /// Multiplies each feature by a random factor.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    guard sigma != 0 else { return }
    let features = example.layout.width
    for feature in 0..<features {
      let factor = 1 + sigma * random.normal()
      for step in 0..<example.validHeight { example.values[step * features + feature] *= factor }
    }
  }
}
