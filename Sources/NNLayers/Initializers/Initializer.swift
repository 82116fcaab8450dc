public import NNCore
import NNGraph

/// The distribution of a parameter's initial values.
///
/// A value with a name and a rule. Common initializers are static members
/// (`.kaimingNormal(mode: .outputs)`); `init(_:draw:)` creates custom ones.
public struct Initializer: Sendable, CustomStringConvertible {
  /// The name with its options, for tables.
  public let description: String
  private let rule: Rule

  private enum Rule: Sendable {
    /// Draws all elements at once.
    case whole(Draw)
    /// Draws independent elements, a range at a time.
    case parts(
      @Sendable (Fan, Philox, Range<Int>, _ target: UnsafeMutableBufferPointer<Double>) -> Void)
  }

  /// Returns the elements in row-major order for a shape, its fan, and a random generator that no
  /// other parameter uses.
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

  /// The initial values for a shape and seed, equal to those that `ParameterLayout.initialize`
  /// stores in parameter number `stream`.
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

  /// Writes the initial values for a shape, each rounded to the target's type.
  func fill<Scalar: BinaryFloatingPoint>(
    _ target: UnsafeMutableBufferPointer<Scalar>, _ shape: Shape, _ fan: Fan, _ generator: Philox
  ) throws(NNError) {
    switch rule {
    case .whole(let draw):
      let numbers = try draw(shape, fan, generator)
      precondition(
        numbers.count == target.count,
        "\(description) returned \(numbers.count) numbers for \(shape)")
      for (index, number) in numbers.enumerated() {
        target[index] = Scalar(number)
      }
    case .parts(let draw):
      // Each part writes its own range of the memory.
      nonisolated(unsafe) let target = target
      ParallelLoop.run(over: target.count, partsOf: Self.partCount) { range in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { numbers in
          draw(fan, generator, range, numbers)
          for (index, number) in zip(range, numbers) { target[index] = Scalar(number) }
        }
      }
    }
  }

  /// Elements per task: about ten microseconds of work, and Float64 values that fit the first-level
  /// cache.
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
  /// An initializer that maps a uniform number in [0, 1) to each element.
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
  /// The generator of the initial values of parameter number `stream`.
  static func initial(seed: UInt64, stream: UInt32) -> Philox {
    // Training steps count from 1 upward; the largest number is reserved for initialization.
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

  /// Normal, truncated to [`low`, `high`]; PyTorch's `trunc_normal_`.
  ///
  /// The limits are absolute, not in units of `std`. They may lie anywhere, even where the
  /// probability between them is too small for Float64.
  public static func truncatedNormal(
    mean: Double = 0, std: Double = 1, low: Double = -2, high: Double = 2
  ) -> Initializer {
    let number = TruncatedNormal.quantile(mean: mean, std: std, low: low, high: high)
    return elementwise(
      "truncated_normal(mean: \(mean), std: \(std), low: \(low), high: \(high))"
    ) { _, generator, index in
      // Half a step from the ends: the quantiles of 0 and 1 are infinite.
      min(max(number(generator.preciseUniform(index) + 0x1p-54), low), high)
    }
  }

  /// Uniform in ±1/√(fan in): PyTorch's default for weight and bias of `Linear` and `Conv2d`.
  public static let layerDefault = uniformly("uniform(±1/√fan_in)") { fan in
    symmetric(fan.inputs == 0 ? 0 : 1 / Double(fan.inputs).squareRoot())
  }

  /// Maps [0, 1) to [−bound, bound).
  static func symmetric(_ bound: Double) -> (_ uniform: Double) -> Double {
    // A bound of 0 must not return −0.
    { bound == 0 ? 0 : bound * (2 * $0 - 1) }
  }
}
