/// Replaces a random rectangle of images by a number, with probability p.
///
/// As torchvision's `RandomErasing`, on the raw images.
///
/// Source: Zhong, Zheng, Kang, Li, Yang, "Random erasing data augmentation", AAAI 2020.
public struct RandomErasing: Augmentation {
  /// The probability.
  public let probability: Double
  /// The range of the rectangle's share of the area.
  public let scale: ClosedRange<Double>
  /// The range of width ÷ height.
  public let ratio: ClosedRange<Double>
  /// The number in the rectangle, in the unit of images.
  public let value: Double

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - probability: The probability; 0.5 by default.
  ///   - scale: The range of the rectangle's share of the area; 0.02…0.33 by default.
  ///   - ratio: The range of width ÷ height, which is log-uniform; 0.3…3.3 by default.
  ///   - value: The number in the rectangle; 0 by default.
  public init(
    probability: Double = 0.5, scale: ClosedRange<Double> = 0.02...0.33,
    ratio: ClosedRange<Double> = 0.3...3.3, value: Double = 0
  ) {
    self.probability = probability
    self.scale = scale
    self.ratio = ratio
    self.value = value
  }

  /// The name in config files: `random_erasing`.
  public var name: String { "random_erasing" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }

  /// Erases a random rectangle, or none.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    guard random.happens(probability) else { return }
    let layout = example.layout
    guard
      let box = ImageBox.random(in: layout, scale: scale, ratio: ratio, mayFill: false, &random)
    else { return }
    for channel in 0..<layout.channels {
      for row in box.top..<box.top + box.height {
        let start = (channel * layout.height + row) * layout.width + box.left
        for index in start..<start + box.width { example.values[index] = value * layout.unit }
      }
    }
  }
}
