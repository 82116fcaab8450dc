import NNCore
public import NNGraph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adds sinusoidal position encodings: sin(t/10000^(2i/C)) to column 2i and the cosine to column
/// 2i + 1 of position t. With an odd C the last sine has no cosine.
///
/// Input and output [N, T, C].
///
/// Source: Vaswani et al., "Attention is all you need", 2017.
public struct SinusoidalPositions: Layer {
  /// Creates the layer.
  public init() {}

  /// The name in tables and error messages: `SinusoidalPositions`.
  public var description: String { "SinusoidalPositions" }

  /// Adds the encodings to the input.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 3, input.dtype.isFloatingPoint else {
      return scope.reject(input, expected: "3 axes [N, steps, features]")
    }
    let width = input.shape[2]
    let angles = PositionAngles(width: width, base: 10_000)
    let (sine, cosine) = angles.waves(steps: input.shape[1], dtype: input.dtype, in: scope)
    let pair: Shape = [input.shape[1], angles.pairs, 1]
    let both = Value.concatenated(
      [sine.reshaped(to: pair), cosine.reshaped(to: pair)], axis: 2
    ).reshaped(to: [input.shape[1], 2 * angles.pairs])
    return input + (width % 2 == 0 ? both : both.narrowed(to: 0..<width, axis: 1))
  }
}

/// The angles t/base^(2i/width) of position t, one for each pair of columns.
struct PositionAngles {
  let width: Int
  let base: Double

  /// The number of column pairs; with an odd width the last one lacks a column.
  var pairs: Int { (width + 1) / 2 }

  /// Sine and cosine of the angles of the next positions, [steps, pairs]: constants, except in the
  /// mode `generation`.
  func waves(steps: Int, dtype: DType, in scope: Scope) -> (sine: Value, cosine: Value) {
    func constant(_ shape: Shape, _ numbers: () -> [Double]) -> Value {
      scope.graph.constant(TensorType(shape, dtype)) {
        HostTensor(doubles: numbers(), shape: shape, dtype: dtype)
      }
    }
    func rates() -> [Double] {
      (0..<pairs).map { pow(base, -Double(2 * $0) / Double(width)) }
    }
    if let position = scope.position {
      let steps = constant([steps, 1]) { (0..<steps).map(Double.init) }
      let angles = (steps + position.converted(to: dtype)) * constant([1, pairs], rates)
      return (angles.sin(), angles.cos())
    }
    func angles() -> [Double] {
      let rates = rates()
      return (0..<steps).flatMap { step in rates.map { Double(step) * $0 } }
    }
    return (
      constant([steps, pairs]) { angles().map { sin($0) } },
      constant([steps, pairs]) { angles().map { cos($0) } }
    )
  }
}
