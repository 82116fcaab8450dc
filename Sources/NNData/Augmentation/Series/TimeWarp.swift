#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Stretches some parts of a series and compresses others; its ends stay.
///
/// The series is divided into `knots` + 1 parts of equal length. In the result part i lasts exp(σ·zᵢ)
/// times as long as the others, with a standard normal zᵢ; values between steps are interpolated
/// linearly. A simpler form of the time warping of Um et al. (ICMI 2017), whose time never runs
/// backwards.
public struct TimeWarp: Augmentation {
  /// The standard deviation σ of the logarithm of durations.
  public let sigma: Double
  /// The number of places where the speed changes.
  public let knots: Int

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - sigma: The standard deviation of the logarithm of durations; 0.2 by default.
  ///   - knots: The number of places where the speed changes; 4 by default.
  public init(sigma: Double = 0.2, knots: Int = 4) {
    self.sigma = sigma
    self.knots = knots
  }

  /// The name in config files: `time_warp`.
  public var name: String { "time_warp" }
  /// Series.
  public var kinds: Set<ExampleKind> { [.series] }
  /// True: steps move.
  public var movesPositions: Bool { true }

  /// Warps the time.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    guard sigma != 0, knots > 0 else { return }
    let parts = knots + 1
    // The times in the result at which parts begin, scaled to 0…1 below.
    var ends = [0.0]
    for part in 0..<parts { ends.append(ends[part] + exp(sigma * random.normal())) }
    let total = ends[parts]
    let last = Double(example.validHeight - 1)
    var part = 0
    example.resampleSteps { step in
      guard Double(step) < last else { return last }
      let place = Double(step) / last * total
      while part + 1 < parts, ends[part + 1] <= place { part += 1 }
      let share = (place - ends[part]) / (ends[part + 1] - ends[part])
      return (Double(part) + share) / Double(parts) * last
    }
  }
}
