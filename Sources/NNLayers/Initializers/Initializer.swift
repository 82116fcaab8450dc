public import NNCore
import NNGraph

/// Where the first values of a parameter come from.
///
/// A value with a name and a rule; the ready-made ones are static members
/// (`.kaimingNormal(mode: .outputs)`), and `init(_:draw:)` makes others.
public struct Initializer: Sendable, CustomStringConvertible {
  /// The name with its options, for tables.
  public let description: String
  private let rule: Rule

  private enum Rule: Sendable {
    /// All elements at once.
    case whole(Draw)
    /// Independent elements: those of a range.
    case parts(
      @Sendable (Fan, Philox, Range<Int>, _ target: UnsafeMutableBufferPointer<Double>) -> Void)
  }

  /// Gives the elements in row-major order for a shape, its fan, and a generator that no other
  /// parameter uses.
  public typealias Draw =
    @Sendable (_ shape: Shape, _ fan: Fan, _ generator: Philox) throws(NNError) -> [Double]

  /// Creates an initializer from its rule.
  ///
  /// - Parameters:
  ///   - description: The name with its options.
  ///   - draw: The rule.
  public init(_ description: String, draw: @escaping Draw) {
    self.init(description, .whole(draw))
  }

  private init(_ description: String, _ rule: Rule) {
    self.description = description
    self.rule = rule
  }

  /// The elements for a shape, from a seed: what `ParameterLayout.initialize` puts into the
  /// parameter numbered `stream`.
  public func values(
    shape: Shape, fan: Fan? = nil, seed: UInt64, stream: UInt32 = 0
  ) throws(NNError) -> [Double] {
    var numbers = [Double](repeating: 0, count: shape.elementCount)
    let fan = fan ?? Fan(weightShape: shape)
    let generator = Philox.initial(seed: seed, stream: stream)
    try numbers.withUnsafeMutableBufferPointer { target throws(NNError) in
      try fill(target, shape, fan, generator)
    }
    return numbers
  }

  /// Writes the elements for a shape, each rounded to the target's type.
  func fill<Scalar: BinaryFloatingPoint>(
    _ target: UnsafeMutableBufferPointer<Scalar>, _ shape: Shape, _ fan: Fan, _ generator: Philox
  ) throws(NNError) {
    switch rule {
    case .whole(let draw):
      let numbers = try draw(shape, fan, generator)
      precondition(
        numbers.count == target.count,
        "\(description) gave \(numbers.count) numbers for \(shape)")
      for (index, number) in numbers.enumerated() {
        target[index] = Scalar(number)
      }
    case .parts(let draw):
      nonisolated(unsafe) let target = target
      ParallelLoop.run(over: target.count, partsOf: Self.partCount) { range in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { numbers in
          draw(fan, generator, range, numbers)
          for (index, number) in zip(range, numbers) { target[index] = Scalar(number) }
        }
      }
    }
  }

  /// Elements that a thread draws at a time: some ten microseconds, and Float64 in the first cache.
  private static let partCount = 1024

  /// An initializer whose elements are independent.
  static func elementwise(
    _ description: String,
    _ element: @escaping @Sendable (_ fan: Fan, _ generator: Philox, _ index: Int) -> Double
  ) -> Initializer {
    Initializer(
      description,
      .parts { fan, generator, range, target in
        for (place, index) in range.enumerated() {
          target.initializeElement(at: place, to: element(fan, generator, index))
        }
      })
  }
}

extension Initializer {
  /// An initializer whose elements are functions of a number each that is uniform in [0, 1).
  static func uniformly(
    _ description: String,
    _ element: @escaping @Sendable (_ fan: Fan) -> (_ uniform: Double) -> Double
  ) -> Initializer {
    Initializer(
      description,
      .parts { fan, generator, range, target in
        RandomNumbers.preciseUniforms(of: generator, range, into: target)
        let element = element(fan)
        for place in target.indices { target[place] = element(target[place]) }
      })
  }
}

extension Philox {
  /// What the first values of the parameter numbered `stream` are drawn from.
  static func initial(seed: UInt64, stream: UInt32) -> Philox {
    // Steps of training count from 1 upward; the last number is left for the beginning.
    Philox(seed: seed, stream: stream, step: .max)
  }
}

extension Initializer {
  /// 0 everywhere.
  public static let zeros = constant(0)
  /// 1 everywhere.
  public static let ones = constant(1)

  /// The same number everywhere.
  public static func constant(_ number: Double) -> Initializer {
    elementwise("constant(\(number))") { _, _, _ in number }
  }

  /// Uniform in [`low`, `high`); PyTorch's `uniform_`.
  public static func uniform(_ low: Double = 0, _ high: Double = 1) -> Initializer {
    uniformly("uniform(\(low), \(high))") { _ in { low + (high - low) * $0 } }
  }

  /// Normal; PyTorch's `normal_`.
  public static func normal(mean: Double = 0, std: Double = 1) -> Initializer {
    elementwise("normal(mean: \(mean), std: \(std))") { _, generator, index in
      mean + std * generator.normal(index)
    }
  }

  /// Normal, limited to [`low`, `high`] as if drawn again until inside; PyTorch's `trunc_normal_`.
  ///
  /// The limits are absolute, not in units of `std`. They may lie anywhere, also where the
  /// probability between them is no Float64.
  public static func truncatedNormal(
    mean: Double = 0, std: Double = 1, low: Double = -2, high: Double = 2
  ) -> Initializer {
    let number = TruncatedNormal.quantile(mean: mean, std: std, low: low, high: high)
    return elementwise(
      "truncated_normal(mean: \(mean), std: \(std), low: \(low), high: \(high))"
    ) { _, generator, index in
      // Half a step off the ends: the quantiles of 0 and 1 are infinite.
      min(max(number(generator.preciseUniform(index) + 0x1p-54), low), high)
    }
  }

  /// Uniform in ±1/√(fan in): what PyTorch's `Linear` and `Conv2d` start weight and bias from.
  public static let layerDefault = uniformly("uniform(±1/√fan_in)") { fan in
    symmetric(fan.inputs == 0 ? 0 : 1 / Double(fan.inputs).squareRoot())
  }

  /// From [0, 1) to [−bound, bound).
  static func symmetric(_ bound: Double) -> (_ uniform: Double) -> Double {
    // A bound of 0 must not give −0.
    { bound == 0 ? 0 : bound * (2 * $0 - 1) }
  }
}
