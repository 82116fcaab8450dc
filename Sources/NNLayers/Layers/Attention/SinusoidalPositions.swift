import NNCore
public import NNGraph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adds fixed waves that tell positions apart: sin(t/10000^(2i/C)) to column 2i and the cosine to
/// column 2i + 1 of position t.
///
/// Input and output [N, T, C] with an even C.
///
/// Source: Vaswani et al., "Attention is all you need", 2017.
public struct SinusoidalPositions: Layer {
  /// Creates the layer.
  public init() {}

  /// `SinusoidalPositions`
  public var description: String { "SinusoidalPositions" }

  /// Adds the waves.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 3, input.dtype.isFloatingPoint else {
      return scope.reject(input, expected: "3 axes [N, steps, features]")
    }
    let width = input.shape[2]
    guard width % 2 == 0 else { return scope.reject(input, expected: "an even number of features") }
    let angles = PositionAngles(pairs: width / 2, base: 10_000)
    let (sine, cosine) = angles.waves(steps: input.shape[1], dtype: input.dtype, in: scope)
    let pair: Shape = [input.shape[1], width / 2, 1]
    let both = Value.concatenated(
      [sine.reshaped(to: pair), cosine.reshaped(to: pair)], axis: 2)
    return input + both.reshaped(to: [input.shape[1], width])
  }
}

/// Angles t/base^(i/pairs) of position t, one for each pair of columns.
struct PositionAngles {
  let pairs: Int
  let base: Double

  /// Sine and cosine of the angles of the next positions, [steps, pairs]: constants, but for the
  /// graph of a single step.
  func waves(steps: Int, dtype: DType, in scope: Scope) -> (sine: Value, cosine: Value) {
    func constant(_ shape: Shape, _ numbers: () -> [Double]) -> Value {
      scope.graph.constant(TensorType(shape, dtype)) {
        HostTensor(doubles: numbers(), shape: shape, dtype: dtype)
      }
    }
    func rates() -> [Double] { (0..<pairs).map { pow(base, -Double($0) / Double(pairs)) } }
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
