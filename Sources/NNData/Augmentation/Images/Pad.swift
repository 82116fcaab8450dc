public import NNCore

/// The widths of a border, in pixels.
public struct ImagePadding: Sendable, Hashable {
  /// Columns on the left and right, rows above and below.
  public let left, top, right, bottom: Int

  /// Creates a border, as torchvision's `padding`: one number for all sides, [left and right, top
  /// and bottom], or [left, top, right, bottom].
  ///
  /// - Precondition: There are 1, 2 or 4 numbers.
  public init(_ widths: [Int]) {
    precondition([1, 2, 4].contains(widths.count), "padding has 1, 2 or 4 numbers, not \(widths)")
    left = widths[0]
    top = widths.count > 1 ? widths[1] : widths[0]
    right = widths.count > 2 ? widths[2] : left
    bottom = widths.count > 2 ? widths[3] : top
  }

  /// Verifies that a mirror image is as wide as the border.
  func require(_ border: BorderMode, fits layout: ExampleLayout) throws(NNError) {
    let reach = border == .reflect ? 1 : 0
    guard border == .reflect || border == .symmetric,
      max(left, right) + reach > layout.width || max(top, bottom) + reach > layout.height
    else { return }
    throw .invalid(
      "the padding [\(left), \(top), \(right), \(bottom)] is wider than the image \(layout.size), "
        + "which `padding_mode: \(border.rawValue)` mirrors",
      hint: "use less padding, or padding_mode: edge")
  }
}

/// Adds a border to images, which then have another size: a crop after it restores it.
///
/// As torchvision's `Pad`.
public struct Pad: Augmentation {
  /// The border.
  public let padding: ImagePadding
  /// The number of a constant border, in the unit of images.
  public let fill: Double
  /// What the border holds.
  public let border: BorderMode

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - padding: The border.
  ///   - fill: The number of a constant border, 0 by default; 1 is white in bytes.
  ///   - border: What the border holds; a constant by default.
  public init(_ padding: ImagePadding, fill: Double = 0, border: BorderMode = .constant) {
    self.padding = padding
    self.fill = fill
    self.border = border
  }

  /// The name in config files: `pad`.
  public var name: String { "pad" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }

  /// The layout with the border; an error for a mirrored border wider than the image.
  public func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout {
    try padding.require(border, fits: layout)
    let height = [layout.height, padding.top, padding.bottom].saturatingSum
    let width = [layout.width, padding.left, padding.right].saturatingSum
    try MemoryLimit.check(
      [height, width, layout.channels, MemoryLayout<Double>.size].saturatingProduct,
      "an image padded to \(height)×\(width)", at: name)
    return layout.resized(height: height, width: width)
  }

  /// Adds the border.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let layout = example.layout
    example.takeWindow(
      top: -padding.top, left: -padding.left,
      height: layout.height + padding.top + padding.bottom,
      width: layout.width + padding.left + padding.right, border: border,
      fill: fill * layout.unit)
  }
}
