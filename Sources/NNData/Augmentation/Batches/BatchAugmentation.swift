#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An augmentation that mixes each example of a batch with the one before it, and their targets in
/// the same proportion; the first is mixed with the last.
///
/// Class labels become distributions over the classes.
public protocol BatchAugmentation: DataAugmentation {
  /// Draws how the examples of a batch are mixed.
  ///
  /// - Parameters:
  ///   - layout: The layout of the examples.
  ///   - random: Random numbers that depend on the seed, the epoch and the number of the batch alone.
  func mixture(_ layout: ExampleLayout, _ random: inout AugmentationRandom) -> Mixture
}

/// How each example of a batch is mixed with another one.
public struct Mixture: Sendable, Hashable {
  /// The example's own share λ of the target: λ · own + (1 − λ) · other.
  public let share: Double
  /// The pixels that are the other example's; nil where all numbers are mixed like the target.
  let box: Box?

  /// A rectangle of pixels.
  struct Box: Sendable, Hashable {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// A mixture of all numbers.
  ///
  /// - Parameter share: The example's own share, from 0 to 1.
  public init(share: Double) {
    self.share = share
    box = nil
  }

  /// A rectangle of pixels of the other example in the own one.
  ///
  /// - Parameters:
  ///   - rows: The rows of the rectangle.
  ///   - columns: Its columns.
  ///   - layout: The layout of the images.
  public init(rows: Range<Int>, columns: Range<Int>, of layout: ExampleLayout) {
    share = 1 - Double(rows.count * columns.count) / Double(layout.height * layout.width)
    box = Box(rows: rows, columns: columns)
  }
}

extension AugmentationRandom {
  /// A number of the distribution Beta(α, α), from 0 to 1.
  ///
  /// As the share of one of two gamma numbers, whose logarithms stay finite for small α.
  public mutating func beta(_ alpha: Double) -> Double {
    let (first, second) = (logarithmOfGamma(alpha), logarithmOfGamma(alpha))
    let difference = second - first
    guard difference.isFinite else { return first >= second ? 1 : 0 }
    return 1 / (1 + exp(difference))
  }

  /// The logarithm of a number of the gamma distribution of scale 1.
  ///
  /// Source: Marsaglia, Tsang, "A simple method for generating gamma variables", 2000.
  private mutating func logarithmOfGamma(_ shape: Double) -> Double {
    guard shape >= 1 else {
      return logarithmOfGamma(shape + 1) + log(1 - uniform()) / shape
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return log(d * v) }
    }
  }
}
