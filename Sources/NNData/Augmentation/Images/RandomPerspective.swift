/// Looks at images from another direction: moves each corner inwards, with probability p.
///
/// As torchvision's `RandomPerspective`.
public struct RandomPerspective: Augmentation {
  /// How far corners move at most, as a share of half the image.
  public let distortion: Double
  /// The probability.
  public let probability: Double
  /// How numbers between pixels are computed.
  public let interpolation: Interpolation
  /// The number outside the image, in the unit of images.
  public let fill: Double

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - distortion: How far corners move at most, as a share of half the image; 0.5 by default.
  ///   - probability: The probability; 0.5 by default.
  ///   - interpolation: How numbers between pixels are computed; bilinear by default.
  ///   - fill: The number outside the image; 0 by default.
  public init(
    distortion: Double = 0.5, probability: Double = 0.5, interpolation: Interpolation = .bilinear,
    fill: Double = 0
  ) {
    self.distortion = distortion
    self.probability = probability
    self.interpolation = interpolation
    self.fill = fill
  }

  /// The name in config files: `random_perspective`.
  public var name: String { "random_perspective" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }

  /// Moves the corners, or leaves the image.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    guard random.happens(probability) else { return }
    let (height, width) = (example.layout.height, example.layout.width)
    let reach = (
      x: Int(distortion * Double(width / 2)), y: Int(distortion * Double(height / 2))
    )
    guard reach.x > 0 || reach.y > 0 else { return }
    func inwards(_ reach: Int) -> Double { Double(random.integer(below: reach + 1)) }
    let (right, bottom) = (Double(width - 1), Double(height - 1))
    let corners: [(x: Double, y: Double)] = [(0, 0), (right, 0), (right, bottom), (0, bottom)]
    let moved = corners.map { corner -> (x: Double, y: Double) in
      let (x, y) = (inwards(reach.x), inwards(reach.y))
      return (x: corner.x > 0 ? corner.x - x : x, y: corner.y > 0 ? corner.y - y : y)
    }
    // Where corners meet, no image is left.
    guard let map = ProjectiveMap.mapping(moved, to: corners) else { return }
    example.warp(map, interpolation, fill: fill * example.layout.unit)
  }
}
