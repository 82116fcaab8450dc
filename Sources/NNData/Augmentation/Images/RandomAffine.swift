/// Rotates, shifts, scales and shears images about their centre, in one step.
///
/// As torchvision's `RandomAffine`: shifts are by integers of pixels.
public struct RandomAffine: Augmentation {
  /// The range of the angle in degrees, clockwise.
  public var degrees: ClosedRange<Double>
  /// The largest shift to both sides, as a share of the width.
  public var horizontalShift: Double
  /// The largest shift up and down, as a share of the height.
  public var verticalShift: Double
  /// The range of the factor of sizes.
  public var scale: ClosedRange<Double>
  /// The range of the shear along x in degrees.
  public var horizontalShear: ClosedRange<Double>
  /// The range of the shear along y in degrees.
  public var verticalShear: ClosedRange<Double>
  /// How numbers between pixels are computed.
  public var interpolation: Interpolation
  /// The number outside the image, in the unit of images.
  public var fill: Double

  /// Creates the augmentation; by default it changes nothing.
  ///
  /// - Parameters:
  ///   - degrees: The range of the angle in degrees, clockwise.
  ///   - horizontalShift: The largest shift to both sides, as a share of the width.
  ///   - verticalShift: The largest shift up and down, as a share of the height.
  ///   - scale: The range of the factor of sizes.
  ///   - horizontalShear: The range of the shear along x in degrees.
  ///   - verticalShear: The range of the shear along y in degrees.
  ///   - interpolation: How numbers between pixels are computed; the nearest pixel by default.
  ///   - fill: The number outside the image; 0 by default.
  public init(
    degrees: ClosedRange<Double> = 0...0, horizontalShift: Double = 0, verticalShift: Double = 0,
    scale: ClosedRange<Double> = 1...1, horizontalShear: ClosedRange<Double> = 0...0,
    verticalShear: ClosedRange<Double> = 0...0, interpolation: Interpolation = .nearest,
    fill: Double = 0
  ) {
    self.degrees = degrees
    self.horizontalShift = horizontalShift
    self.verticalShift = verticalShift
    self.scale = scale
    self.horizontalShear = horizontalShear
    self.verticalShear = verticalShear
    self.interpolation = interpolation
    self.fill = fill
  }

  /// The name in config files: `random_affine`.
  public var name: String { "random_affine" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }

  /// Changes the image by a random affine map.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let layout = example.layout
    func shift(_ share: Double, of extent: Int) -> Double {
      let most = share * Double(extent)
      return random.uniform(in: -most...most).rounded(.toNearestOrEven)
    }
    let angle = random.uniform(in: degrees)
    let translation = (
      x: shift(horizontalShift, of: layout.width), y: shift(verticalShift, of: layout.height)
    )
    let factor = random.uniform(in: scale)
    let shear = (x: random.uniform(in: horizontalShear), y: random.uniform(in: verticalShear))
    let changes = [angle, translation.x, translation.y, factor - 1, shear.x, shear.y]
    guard changes.contains(where: { $0 != 0 }) else { return }
    example.warp(
      .inverseAffine(
        angle: angle, translation: translation, scale: factor, shear: shear,
        center: layout.center), interpolation, fill: fill * layout.unit)
  }
}
