public import NNCore

/// Changes brightness, contrast, saturation and hue of images by random factors, in random order.
///
/// As torchvision's `ColorJitter`. Grey images have neither saturation nor hue.
public struct ColorJitter: Augmentation {
  /// The range of the factor of brightness.
  public let brightness: ClosedRange<Double>
  /// The range of the factor of contrast.
  public let contrast: ClosedRange<Double>
  /// The range of the factor of saturation.
  public let saturation: ClosedRange<Double>
  /// The range of the shift of the hue, as a share of the circle from −0.5 to 0.5.
  public let hue: ClosedRange<Double>

  /// Creates the augmentation; by default it changes nothing.
  ///
  /// - Parameters:
  ///   - brightness: The range of the factor of brightness.
  ///   - contrast: The range of the factor of contrast.
  ///   - saturation: The range of the factor of saturation.
  ///   - hue: The range of the shift of the hue, as a share of the circle from −0.5 to 0.5.
  public init(
    brightness: ClosedRange<Double> = 1...1, contrast: ClosedRange<Double> = 1...1,
    saturation: ClosedRange<Double> = 1...1, hue: ClosedRange<Double> = 0...0
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  /// The name in config files: `color_jitter`.
  public var name: String { "color_jitter" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: results are clipped to 0…1.
  public var needsUnitRange: Bool { true }

  /// The same layout; an error for other than 1 or 3 channels.
  public func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout {
    try layout.requireColors(name)
    return layout
  }

  /// Changes the colours by random factors.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    var order = [0, 1, 2, 3]
    for index in [3, 2, 1] { order.swapAt(index, random.integer(below: index + 1)) }
    let factors = (
      random.uniform(in: brightness), random.uniform(in: contrast),
      random.uniform(in: saturation), random.uniform(in: hue)
    )
    for change in order {
      switch change {
      case 0: example.adjustBrightness(factors.0)
      case 1: example.adjustContrast(factors.1)
      case 2: example.adjustSaturation(factors.2)
      default: example.adjustHue(factors.3)
      }
    }
  }
}
