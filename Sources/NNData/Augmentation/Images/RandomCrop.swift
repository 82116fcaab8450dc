public import NNCore

/// Takes a random rectangle of images, with a border around them.
///
/// As torchvision's `RandomCrop`. With the size of the images and a border it shifts them.
public struct RandomCrop: Augmentation {
  /// The height of the rectangle; nil for that of the images.
  public let height: Int?
  /// The width of the rectangle; nil for that of the images.
  public let width: Int?
  /// The border.
  public let pad: Pad

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - height: The height of the rectangle; nil (default) for that of the images.
  ///   - width: The width of the rectangle; nil (default) for that of the images.
  ///   - pad: The border, which is added first; none by default.
  public init(height: Int? = nil, width: Int? = nil, pad: Pad = Pad(ImagePadding([0]))) {
    self.height = height
    self.width = width
    self.pad = pad
  }

  /// The name in config files: `random_crop`.
  public var name: String { "random_crop" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }

  /// The layout of the rectangle; an error for one larger than the image with its border.
  public func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout {
    let padded = try pad.layout(after: layout)
    let new = layout.resized(height: height ?? layout.height, width: width ?? layout.width)
    guard new.height <= padded.height, new.width <= padded.width else {
      throw .invalid(
        "a crop of \(new.size) is larger than the image with its border, \(padded.size)",
        hint: "use a smaller `size` or more `padding`")
    }
    return new
  }

  /// Takes a random rectangle.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let layout = example.layout
    let (height, width) = (height ?? layout.height, width ?? layout.width)
    let padding = pad.padding
    let top = random.integer(below: layout.height + padding.top + padding.bottom - height + 1)
    let left = random.integer(below: layout.width + padding.left + padding.right - width + 1)
    example.takeWindow(
      top: top - padding.top, left: left - padding.left, height: height, width: width,
      border: pad.border, fill: pad.fill * layout.unit)
  }
}
