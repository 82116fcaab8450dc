/// Adds independent normal noise to every number.
///
/// As torchvision's `GaussianNoise`; for series it is known as jitter. Only the valid steps of a series
/// change.
public struct GaussianNoise: Augmentation {
  /// The mean of the noise, in the unit of images.
  public let mean: Double
  /// The standard deviation of the noise, in the unit of images.
  public let sigma: Double
  /// Whether noisy images are clipped to 0…1.
  public let isClipped: Bool

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - mean: The mean of the noise; 0 by default.
  ///   - sigma: Its standard deviation; 0.1 by default.
  ///   - isClipped: Whether noisy images, which are then in 0…1, are clipped to that range; true by
  ///     default. Other data never are.
  public init(mean: Double = 0, sigma: Double = 0.1, isClipped: Bool = true) {
    self.mean = mean
    self.sigma = sigma
    self.isClipped = isClipped
  }

  /// The name in config files: `gaussian_noise`.
  public var name: String { "gaussian_noise" }
  /// Images, series and tables.
  public var kinds: Set<ExampleKind> { [.image, .series, .table] }
  /// Whether images are clipped to 0…1.
  public var needsUnitRange: Bool { isClipped }

  /// Adds noise.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    guard mean != 0 || sigma != 0 else { return }
    let layout = example.layout
    let clips = isClipped && layout.kinds.contains(.image)
    let count = layout.count / layout.height * example.validHeight
    for index in 0..<count {
      let number = example.values[index] + (mean + sigma * random.normal()) * layout.unit
      example.values[index] = clips ? min(max(number, 0), layout.unit) : number
    }
  }
}

extension AugmentedExample {
  /// The valid steps of a series; the height of others.
  var validHeight: Int {
    layout.hasLengths ? min(max(length, 0), layout.height) : layout.height
  }
}
