import NNCore
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A component of a registry with options, on which the registry's battery tries it.
///
/// A new row of a registry needs a sample; the batteries fail for a name without one.
protocol ComponentSample: Sendable, CustomTestStringConvertible {
  /// The component as a config writes it, without braces: `linear: {out_features: 3}`.
  var text: String { get }

  /// The samples of all rows.
  static var all: [Self] { get }
}

extension ComponentSample {
  var testDescription: String { text }

  /// The component's name in the registry.
  var kind: String { String(text.prefix { $0 != ":" }) }

  /// The samples of one row of the registry; fails where there is none.
  static func samples(of name: String) throws -> [Self] {
    let samples = all.filter { $0.kind == name }
    try #require(!samples.isEmpty, "`\(name)` has no \(Self.self); add one")
    return samples
  }
}

/// What an input of a component holds, for one example.
enum SampleContents: Sendable {
  /// Normal numbers.
  case numbers(Shape)
  /// Numbers between 0.05 and 0.95.
  case probabilities(Shape)
  /// Numbers 0 and 1.
  case decisions(Shape)
  /// Probabilities of classes, which sum to 1.
  case distribution(classes: Int)
  /// Their logarithms.
  case logProbabilities(classes: Int)
  /// A class.
  case label(classes: Int)
  /// Tokens 1 ..< count; 0 stands for padding.
  case tokens(steps: Int, count: Int)

  /// A batch of `rows` examples; floating-point numbers are exact in float32.
  func tensor(rows: Int, dtype: DType, seed: UInt64) -> HostTensor {
    func batch(_ shape: Shape) -> Shape { Shape([rows] + shape.dimensions) }
    switch self {
    case .numbers(let shape): return .normal(batch(shape), dtype: dtype, seed: seed)
    case .probabilities(let shape):
      return .random(batch(shape), dtype: dtype, seed: seed, in: 0.05...0.95)
    case .decisions(let shape):
      return HostTensor.labels(batch(shape), classes: 2, seed: seed).converted(to: dtype)
    case .distribution(let classes):
      return distributions(rows, classes, seed) { $0 }.converted(to: dtype)
    case .logProbabilities(let classes):
      return distributions(rows, classes, seed, log).converted(to: dtype)
    case .label(let classes):
      return .labels([rows], classes: classes, dtype: .int32, seed: seed)
    case .tokens(let steps, let count):
      return .random(
        [rows, steps], dtype: .int32, seed: seed, in: 1...Double(count - 1))
    }
  }

  private func distributions(
    _ rows: Int, _ classes: Int, _ seed: UInt64, _ transform: (Double) -> Double
  ) -> HostTensor {
    let weights = HostTensor.random([rows, classes], seed: seed, in: 0.1...1).doubles
    let numbers = weights.indices.map { index in
      let row = index / classes * classes
      return Double(
        Float(transform(weights[index] / weights[row..<row + classes].reduce(0, +))))
    }
    return HostTensor(numbers, shape: [rows, classes])
  }
}
