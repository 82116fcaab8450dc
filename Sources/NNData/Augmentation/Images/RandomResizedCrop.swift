#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Enlarges a random rectangle of images to their size, bilinearly.
///
/// As torchvision's `RandomResizedCrop` with the size of the images: the rectangle's area is a share of
/// the image's, uniform in `scale`, and its width ÷ height is log-uniform in `ratio`.
public struct RandomResizedCrop: Augmentation {
  /// The range of the rectangle's share of the area.
  public let scale: ClosedRange<Double>
  /// The range of width ÷ height.
  public let ratio: ClosedRange<Double>

  /// Creates the augmentation, by default with a share of 0.08…1 and a ratio of 3/4…4/3.
  public init(scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 0.75...4 / 3) {
    self.scale = scale
    self.ratio = ratio
  }

  /// The name in config files: `random_resized_crop`.
  public var name: String { "random_resized_crop" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }

  /// Enlarges a random rectangle.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let layout = example.layout
    let box =
      ImageBox.random(
        in: layout, scale: scale, ratio: ratio, mayFill: true, &random)
      ?? Self.largest(in: layout, ratio: ratio)
    example.enlarge(box)
  }

  /// The largest rectangle in the middle whose ratio is in a range.
  private static func largest(
    in layout: ExampleLayout, ratio: ClosedRange<Double>
  ) -> ImageBox {
    let (height, width) = (Double(layout.height), Double(layout.width))
    var box = ImageBox(top: 0, left: 0, height: layout.height, width: layout.width)
    if width / height < ratio.lowerBound {
      box.height = min(
        layout.height, max(1, Int((width / ratio.lowerBound).rounded(.toNearestOrEven))))
    } else if width / height > ratio.upperBound {
      box.width = min(
        layout.width, max(1, Int((height * ratio.upperBound).rounded(.toNearestOrEven))))
    }
    box.top = (layout.height - box.height) / 2
    box.left = (layout.width - box.width) / 2
    return box
  }
}

/// A rectangle of pixels.
package struct ImageBox: Equatable, Sendable {
  /// The first row.
  package var top: Int
  /// The first column.
  package var left: Int
  /// The number of rows.
  package var height: Int
  /// The number of columns.
  package var width: Int

  /// Creates a rectangle.
  package init(top: Int, left: Int, height: Int, width: Int) {
    self.top = top
    self.left = left
    self.height = height
    self.width = width
  }

  /// A random rectangle inside an image; nil after ten tries that did not fit, as in torchvision.
  ///
  /// - Parameters:
  ///   - scale: The range of its share of the area.
  ///   - ratio: The range of width ÷ height, drawn log-uniformly.
  ///   - mayFill: Whether it may be as high or wide as the image.
  static func random(
    in layout: ExampleLayout, scale: ClosedRange<Double>, ratio: ClosedRange<Double>,
    mayFill: Bool, _ random: inout AugmentationRandom
  ) -> ImageBox? {
    let area = Double(layout.height * layout.width)
    for _ in 0..<10 {
      let size = area * random.uniform(in: scale)
      let aspect = exp(random.uniform(in: log(ratio.lowerBound)...log(ratio.upperBound)))
      let width = Int((size * aspect).squareRoot().rounded(.toNearestOrEven))
      let height = Int((size / aspect).squareRoot().rounded(.toNearestOrEven))
      let most = mayFill ? 0 : 1
      guard width > 0, height > 0, width + most <= layout.width, height + most <= layout.height
      else { continue }
      let top = random.integer(below: layout.height - height + 1)
      let left = random.integer(below: layout.width - width + 1)
      return ImageBox(top: top, left: left, height: height, width: width)
    }
    return nil
  }
}

extension AugmentedExample {
  /// Enlarges a rectangle of an image to the image's size, bilinearly with clamped edges, as
  /// PyTorch's `interpolate` with `align_corners=False`.
  package mutating func enlarge(_ box: ImageBox) {
    let layout = layout
    guard box.height != layout.height || box.width != layout.width else { return }
    let rows = Self.samples(box.top, box.height, layout.height)
    let columns = Self.samples(box.left, box.width, layout.width)
    replace(layout: layout) { source, target in
      for channel in 0..<layout.channels {
        let plane = channel * layout.height * layout.width
        for (y, row) in rows.enumerated() {
          let (upper, lower) = (plane + row.low * layout.width, plane + row.high * layout.width)
          for (x, column) in columns.enumerated() {
            let top =
              source[upper + column.low] * (1 - column.share)
              + source[upper + column.high] * column.share
            let bottom =
              source[lower + column.low] * (1 - column.share)
              + source[lower + column.high] * column.share
            target[plane + y * layout.width + x] = top * (1 - row.share) + bottom * row.share
          }
        }
      }
    }
  }

  /// Where each of `count` samples lies in `length` pixels from `first` on.
  private static func samples(
    _ first: Int, _ length: Int, _ count: Int
  ) -> [(low: Int, high: Int, share: Double)] {
    (0..<count).map { index in
      let place = max(0, (Double(index) + 0.5) * Double(length) / Double(count) - 0.5)
      let low = min(Int(place), length - 1)
      return (first + low, first + min(low + 1, length - 1), place - Double(low))
    }
  }
}
