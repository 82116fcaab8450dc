/// Rotates images about their centre by a random angle.
///
/// As torchvision's `RandomRotation`.
public struct RandomRotation: Augmentation {
  /// The range of the angle in degrees, counter-clockwise.
  public let degrees: ClosedRange<Double>
  /// How numbers between pixels are computed.
  public let interpolation: Interpolation
  /// The number outside the image, in the unit of images.
  public let fill: Double

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - degrees: The range of the angle in degrees, counter-clockwise.
  ///   - interpolation: How numbers between pixels are computed; the nearest pixel by default.
  ///   - fill: The number outside the image; 0 by default.
  public init(
    degrees: ClosedRange<Double>, interpolation: Interpolation = .nearest, fill: Double = 0
  ) {
    self.degrees = degrees
    self.interpolation = interpolation
    self.fill = fill
  }

  /// The name in config files: `random_rotation`.
  public var name: String { "random_rotation" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }

  /// Rotates the image by a random angle.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let angle = random.uniform(in: degrees)
    guard angle != 0 else { return }
    example.warp(
      .inverseAffine(angle: -angle, center: example.layout.center), interpolation,
      fill: fill * example.layout.unit)
  }
}

extension ExampleLayout {
  /// The centre of an image, in coordinates of pixel corners.
  var center: (x: Double, y: Double) { (Double(width) / 2, Double(height) / 2) }
}
