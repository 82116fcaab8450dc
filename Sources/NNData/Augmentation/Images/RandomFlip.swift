/// Mirrors images left to right or upside down, with probability p.
///
/// As torchvision's `RandomHorizontalFlip` and `RandomVerticalFlip`.
public struct RandomFlip: Augmentation {
  /// The directions.
  public enum Direction: Sendable, Hashable {
    /// Left to right.
    case horizontal
    /// Upside down.
    case vertical
  }

  /// The direction.
  public let direction: Direction
  /// The probability.
  public let probability: Double

  /// Creates the augmentation; the probability is 0.5 by default.
  public init(_ direction: Direction, probability: Double = 0.5) {
    self.direction = direction
    self.probability = probability
  }

  /// The name in config files.
  public var name: String {
    direction == .horizontal ? "random_horizontal_flip" : "random_vertical_flip"
  }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }
  /// True: pixels move.
  public var movesPositions: Bool { true }

  /// Mirrors the image, or leaves it.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    guard random.happens(probability) else { return }
    let (height, width) = (example.layout.height, example.layout.width)
    for channel in 0..<example.layout.channels {
      let plane = channel * height * width
      if direction == .horizontal {
        for row in 0..<height {
          let start = plane + row * width
          for column in 0..<width / 2 {
            example.values.swapAt(start + column, start + width - 1 - column)
          }
        }
      } else {
        for row in 0..<height / 2 {
          let (start, other) = (plane + row * width, plane + (height - 1 - row) * width)
          for column in 0..<width { example.values.swapAt(start + column, other + column) }
        }
      }
    }
  }
}
