public import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Applies random operations of one magnitude to images, one after another.
///
/// As torchvision's `RandAugment`, with its fourteen operations.
///
/// Source: Cubuk, Zoph, Shlens, Le, "RandAugment: practical automated data augmentation with a
/// reduced search space", CVPR Workshops 2020.
public struct RandAugment: Augmentation {
  /// The operations.
  package enum Operation: CaseIterable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast
    case sharpness, posterize, solarize, autoContrast, equalize
  }

  /// The number of operations for each image.
  public let count: Int
  /// The magnitude, from 0 to `magnitudes` − 1.
  public let magnitude: Int
  /// The number of magnitudes between which the greatest change is divided.
  public let magnitudes: Int
  /// How numbers between pixels are computed.
  public let interpolation: Interpolation
  /// The number outside the image, in the unit of images.
  public let fill: Double

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - count: The number of operations for each image; 2 by default.
  ///   - magnitude: The magnitude, from 0 to `magnitudes` − 1; 9 by default.
  ///   - magnitudes: The number of magnitudes; 31 by default.
  ///   - interpolation: How numbers between pixels are computed; the nearest pixel by default.
  ///   - fill: The number outside the image; 0 by default.
  public init(
    count: Int = 2, magnitude: Int = 9, magnitudes: Int = 31,
    interpolation: Interpolation = .nearest, fill: Double = 0
  ) {
    self.count = count
    self.magnitude = magnitude
    self.magnitudes = magnitudes
    self.interpolation = interpolation
    self.fill = fill
  }

  /// The name in config files: `rand_augment`.
  public var name: String { "rand_augment" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }
  /// True: results are clipped to 0…1.
  public var needsUnitRange: Bool { true }

  /// The same layout; an error for other than 1 or 3 channels.
  public func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout {
    try layout.requireColors(name)
    return layout
  }

  /// Applies random operations.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    for _ in 0..<count {
      let operation = Operation.allCases[random.integer(below: Operation.allCases.count)]
      apply(operation, sign: random.sign(), to: &example)
    }
  }

  /// The share of the greatest change.
  private var share: Double {
    magnitudes > 1 ? Double(magnitude) / Double(magnitudes - 1) : 0
  }

  /// Applies one operation.
  ///
  /// - Parameter sign: The direction of a change that has two.
  package func apply(_ operation: Operation, sign: Double, to example: inout AugmentedExample) {
    let layout = example.layout
    func change(_ greatest: Double) -> Double { sign * greatest * share }
    func warp(_ map: ProjectiveMap) {
      example.warp(map, interpolation, fill: fill * layout.unit)
    }
    func degrees(_ tangent: Double) -> Double { atan(tangent) * 180 / .pi }
    /// As a share of 331 pixels, the size of the images for which the range was chosen.
    func pixels(_ extent: Int) -> Double {
      change(150 / 331 * Double(extent)).rounded(.towardZero)
    }
    switch operation {
    case .identity: break
    case .shearX: warp(.inverseAffine(shear: (degrees(change(0.3)), 0), center: (0, 0)))
    case .shearY: warp(.inverseAffine(shear: (0, degrees(change(0.3))), center: (0, 0)))
    case .translateX:
      warp(.inverseAffine(translation: (pixels(layout.width), 0), center: layout.center))
    case .translateY:
      warp(.inverseAffine(translation: (0, pixels(layout.height)), center: layout.center))
    case .rotate:
      let angle = change(30)
      if angle != 0 { warp(.inverseAffine(angle: -angle, center: layout.center)) }
    case .brightness: example.adjustBrightness(1 + change(0.9))
    case .color: example.adjustSaturation(1 + change(0.9))
    case .contrast: example.adjustContrast(1 + change(0.9))
    case .sharpness: example.adjustSharpness(1 + change(0.9))
    case .posterize:
      example.posterize(bits: 8 - Int((4 * share).rounded(.toNearestOrEven)))
    case .solarize: example.solarize(threshold: 1 - share)
    case .autoContrast: example.stretchContrast()
    case .equalize: example.equalize()
    }
  }
}
