import NNCore

/// The random numbers of one augmentation for one example, or one batch, of an epoch.
///
/// They depend on the run's seed, the augmentation's place in the list, the epoch and the number of
/// the example in its source alone: not on threads, the order of batches or earlier draws for other
/// examples. Each call returns the next number.
public struct AugmentationRandom: Sendable {
  private let generator: Philox
  private let first: Int
  private var count = 0

  /// Creates the numbers of one example.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - position: The augmentation's place in the list, from 0.
  ///   - epoch: The epoch, from 0.
  ///   - example: The number of the example in its source, below 2³¹.
  public init(seed: UInt64, position: Int, epoch: Int, example: Int) {
    self.init(stream: RandomStream.augmentation, seed, position, epoch, example)
  }

  /// Creates the numbers of a batch of an epoch.
  static func batch(
    seed: UInt64, position: Int, epoch: Int, batch: Int
  ) -> AugmentationRandom {
    AugmentationRandom(stream: RandomStream.batchAugmentation, seed, position, epoch, batch)
  }

  private init(stream: UInt32, _ seed: UInt64, _ position: Int, _ epoch: Int, _ index: Int) {
    generator = Philox(
      seed: seed, stream: stream &+ UInt32(truncatingIfNeeded: position),
      step: UInt32(truncatingIfNeeded: epoch))
    // Every example has 2³² numbers of its own.
    first = index << 32
  }

  private mutating func next() -> Int {
    defer { count += 1 }
    return first | count
  }

  /// A number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { generator.preciseUniform(next()) }

  /// A number between two bounds.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    let number = uniform()
    // The form that is exact for a range of one number.
    return range.lowerBound + (range.upperBound - range.lowerBound) * number
  }

  /// An integer in 0 ..< bound.
  public mutating func integer(below bound: Int) -> Int {
    generator.integer(next(), below: max(1, bound))
  }

  /// A standard normal number.
  public mutating func normal() -> Double { generator.normal(next()) }

  /// Whether an event of the given probability happens.
  public mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  /// −1 or 1.
  public mutating func sign() -> Double { happens(0.5) ? -1 : 1 }
}
