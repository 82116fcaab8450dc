import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Layer norm as one op against the same computation in separate ops.
@Suite struct LayerNormTests {
  /// (x − mean)/√(variance + ε)·weight + bias of the last axes.
  private static func composed(_ x: Value, _ axes: Int, _ weight: Value?, _ bias: Value?) -> Value {
    let axes = Array(x.shape.rank - axes..<x.shape.rank)
    let distance = x - x.mean(axes: axes, keepDimensions: true)
    let variance = distance.square().mean(axes: axes, keepDimensions: true)
    var y = distance * (variance + 1e-5).sqrt().reciprocal()
    if let weight { y = y * weight }
    if let bias { y = y + bias }
    return y
  }

  private static let cases: [(shape: Shape, axes: Int, parameters: Int)] = [
    ([3, 7], 1, 2), ([2, 5, 16], 1, 1), ([4, 33], 1, 0), ([3, 4, 5], 2, 2), ([200, 6], 1, 2),
    ([2, 1100], 1, 2), ([130, 1], 1, 2), ([1, 48], 1, 2),
  ]

  /// Results and gradients, each followed by an epilogue.
  @Test(arguments: cases)
  func fusedOpEqualsSeparateOps(shape: Shape, axes: Int, parameters: Int) throws {
    let row = Shape(Array(shape.dimensions.suffix(axes)))
    let inputs =
      [HostTensor.normal(shape, seed: 1), HostTensor.normal(shape, seed: 2)]
      + (0..<parameters).map { HostTensor.normal(row, seed: UInt64(3 + $0)) }
    func all(_ values: [Value], isOneOp: Bool) -> [Value] {
      let weight = parameters > 0 ? values[2] : nil
      let bias = parameters > 1 ? values[3] : nil
      let normalized =
        isOneOp
        ? values[0].layerNorm(overLast: axes, epsilon: 1e-5, weight: weight, bias: bias)
        : Self.composed(values[0], axes, weight, bias)
      let result = (normalized.tanh() * values[1]) + values[0]
      return [result]
        + values[0].graph.gradients(of: (result * result).sum(), withRespectTo: values)
    }
    let found = try evaluate(inputs) { all($0, isOneOp: true) }
    let expected = try evaluate(inputs) { all($0, isOneOp: false) }
    for (found, expected) in zip(found, expected) {
      expectClose(
        found.doubles, expected.doubles, Tolerance(relative: 1e-10).orAbsolute(1e-11))
    }
  }

  /// Numbers whose squares, sums or standard deviation overflow or underflow: with ε = 0 the result
  /// does not depend on the scale.
  @Test(
    arguments: [
      (DType.float32, [1e-30, 1e-20, 1, 1e19, 5e19, 1e25, 1e38, 1.5e38]),
      (.float64, [1e-250, 1e-160, 1, 1e155, 1e200, 1e300, 8e307]),
    ] as [(DType, [Double])])
  func hugeAndTinyRowsAreNormalized(dtype: DType, scales: [Double]) throws {
    let pattern = HostTensor.random([2, 37], dtype: .float64, seed: 5, in: -0.5...2).doubles
    let weight = HostTensor.normal([37], dtype: dtype, seed: 6)
    let cotangent = HostTensor.normal([2, 37], dtype: dtype, seed: 7)
    func results(_ scale: Double) throws -> [[Double]] {
      let input = HostTensor(doubles: pattern.map { $0 * scale }, shape: [2, 37], dtype: dtype)
      return try evaluate([input, weight, cotangent]) { values in
        let result = values[0].layerNorm(overLast: 1, epsilon: 0, weight: values[1])
        return [result]
          + values[0].graph.gradients(
            of: result, withRespectTo: [values[0], values[1]], cotangent: values[2])
      }.map(\.doubles)
    }
    let expected = try results(1)
    let tolerance =
      dtype == .float32
      ? Tolerance(relative: 1e-5, absolute: 1e-5) : Tolerance(relative: 1e-12, absolute: 1e-12)
    for scale in scales {
      let found = try results(scale)
      expectClose(found[0], expected[0], tolerance, "scale \(scale)")
      // The gradient is proportional to 1/scale, which may be subnormal.
      let gradient = found[1].map { $0 * scale }
      let isNormal = scale < (dtype == .float32 ? 1e36 : 1e305)
      if isNormal { expectClose(gradient, expected[1], tolerance, "scale \(scale), input") }
      expectClose(found[2], expected[2], tolerance, "scale \(scale), weight")
    }
  }

  @Test func nonFiniteRowsResultInNaN() throws {
    for number in [Double.infinity, .nan] {
      let input = HostTensor([1, number, 2, 3, 3, 3], shape: [2, 3])
      let found = try evaluate([input.converted(to: .float32)]) {
        [$0[0].layerNorm(overLast: 1, epsilon: 1e-5)]
      }[0].doubles
      #expect(found.map(\.isNaN) == [true, true, true, false, false, false])
      #expect(found[3...] == [0, 0, 0])
    }
  }

  /// The weight's gradient is complete before it is added to the input's.
  @Test func inputAndWeightMayBeTheSameValue() throws {
    let input = [HostTensor.normal([300], seed: 4)]
    let found = try gradients(input) {
      ($0[0].layerNorm(overLast: 1, epsilon: 1e-5, weight: $0[0])).square()
    }
    let expected = try gradients(input) { Self.composed($0[0], 1, $0[0], nil).square() }
    expectClose(
      found[0].doubles, expected[0].doubles, Tolerance(relative: 1e-10).orAbsolute(1e-11))
  }

  @Test func largeMeansKeepTheirDigits() throws {
    let row = (0..<100).map { 1e6 + Double($0 % 7) }
    let found = try evaluate([HostTensor(row, shape: [1, 100])]) {
      [$0[0].layerNorm(overLast: 1, epsilon: 0)]
    }[0].doubles
    let mean = row.reduce(0, +) / 100
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100
    expectClose(
      found, row.map { ($0 - mean) / variance.squareRoot() }, Tolerance(relative: 1e-9))
  }
}
