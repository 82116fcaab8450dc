import NNCore
import NNGraph
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Element-wise functions against closed forms, also at kinks and for extreme arguments.
@Suite struct ActivationTests {
  struct Activation: Sendable, CustomStringConvertible {
    let description: String
    let build: @Sendable (Value) -> Value
    let function: @Sendable (Double) -> Double
    let derivative: @Sendable (Double) -> Double
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  static let activations = [
    Activation(
      description: "sigmoid", build: { $0.sigmoid() }, function: sigmoid,
      derivative: { sigmoid($0) * (1 - sigmoid($0)) }),
    Activation(
      description: "tanh", build: { $0.tanh() }, function: { tanh($0) },
      derivative: { 1 - tanh($0) * tanh($0) }),
    Activation(
      description: "relu", build: { $0.relu() }, function: { max($0, 0) },
      derivative: { $0 > 0 ? 1 : 0 }),
    Activation(
      description: "leaky relu", build: { $0.leakyRelu(slope: 0.1) },
      function: { $0 > 0 ? $0 : 0.1 * $0 }, derivative: { $0 > 0 ? 1 : 0.1 }),
    Activation(
      description: "elu", build: { $0.elu(alpha: 1.5) },
      function: { $0 > 0 ? $0 : 1.5 * expm1($0) }, derivative: { $0 > 0 ? 1 : 1.5 * exp($0) }),
    Activation(
      description: "gelu", build: { $0.gelu() },
      function: { $0 * 0.5 * (1 + erf($0 / 2.0.squareRoot())) },
      derivative: {
        let density: Double = exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot()
        return 0.5 * (1 + erf($0 / 2.0.squareRoot())) + $0 * density
      }),
    Activation(
      description: "gelu with tanh", build: { $0.gelu(approximation: .tanh) },
      function: {
        $0 * 0.5 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      },
      derivative: {
        let factor: Double = (2 / Double.pi).squareRoot()
        let square: Double = $0 * $0
        let inner: Double = tanh(factor * $0 * (1 + 0.044715 * square))
        let derivative: Double = factor * (1 + 3 * 0.044715 * square)
        return 0.5 * (1 + inner) + 0.5 * $0 * (1 - inner * inner) * derivative
      }),
    Activation(
      description: "silu", build: { $0.silu() }, function: { $0 * sigmoid($0) },
      derivative: { sigmoid($0) * (1 + $0 * (1 - sigmoid($0))) }),
    Activation(
      description: "softplus", build: { $0.softplus(beta: 2, threshold: 5) },
      function: { 2 * $0 > 5 ? $0 : log1p(exp(2 * $0)) / 2 },
      derivative: { 2 * $0 > 5 ? 1 : sigmoid(2 * $0) }),
    Activation(
      description: "abs", build: { $0.abs() }, function: { abs($0) },
      derivative: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    Activation(
      description: "clamp", build: { $0.clamped(to: -1...2) }, function: { min(max($0, -1), 2) },
      derivative: { (-1...2).contains($0) ? 1 : 0 }),
  ]

  @Test(arguments: activations) func valuesAndDerivativesEqualClosedForms(a: Activation) throws {
    let points = [0, -0.0, 1, -1, 2, 2.5, 0.3, -0.7, 5, -6, 1e-9, -1e-9, 30, -30, 700, -700]
    for dtype in [DType.float64, .float32] {
      let x = HostTensor(doubles: points, shape: [points.count], dtype: dtype)
      let found = try evaluate([x]) { values in
        let y = a.build(values[0])
        return [y] + values[0].graph.gradients(of: y.sum(), withRespectTo: [values[0]])
      }
      let tolerance = dtype == .float64 ? Tolerance(relative: 1e-12) : Tolerance(relative: 2e-6)
      for (tensor, closed) in zip(found, [a.function, a.derivative]) {
        let expected = HostTensor(
          doubles: x.doubles.map(closed), shape: [points.count], dtype: dtype)
        // 1 + erf and σ(1 − σ) cancel in the tails.
        let slack = dtype == .float64 ? 1e-14 : 2e-6
        expectClose(tensor, expected, tolerance.orAbsolute(slack), "\(a) \(dtype)")
      }
    }
  }

  @Test func equalOperandsOfMaximumAndMinimumShareTheGradient() throws {
    let a = HostTensor([1, 2, 3] as [Double])
    let b = HostTensor([2, 2, 2] as [Double])
    let larger = try gradients([a, b]) { $0[0].maximum($0[1]) }
    #expect(larger[0].doubles == [0, 0.5, 1])
    #expect(larger[1].doubles == [1, 0.5, 0])
    let smaller = try gradients([a, b]) { $0[0].minimum($0[1]) }
    #expect(smaller[0].doubles == [1, 0.5, 0])
    #expect(smaller[1].doubles == [0, 0.5, 1])
  }

  /// The edge cases in which PyTorch's results are 0 rather than 0 · ∞.
  @Test func powersOfZeroHaveFiniteGradients() throws {
    let base = HostTensor([0, 0, 0, 2] as [Double])
    let exponent = HostTensor([0, 1, 2, 3] as [Double])
    let found = try gradients([base, exponent]) { $0[0].power($0[1]) }
    #expect(found[0].doubles == [0, 1, 0, 12])
    expectClose(found[1].doubles, [0, 0, 0, 8 * log(2)])
    let values = try evaluate([base]) {
      [$0[0].power(2), $0[0].power(0.5), $0[0].power(1), ($0[0] + 1).power(-1), $0[0].power(3)]
    }
    #expect(values[0].doubles == [0, 0, 0, 4])
    #expect(values[1].doubles == [0, 0, 0, 2.0.squareRoot()])
    #expect(values[2].doubles == [0, 0, 0, 2])
    expectClose(values[3].doubles, [1, 1, 1, 1.0 / 3])
    #expect(values[4].doubles == [0, 0, 0, 8])
  }

  @Test func operatorsTakeNumbersOnBothSides() throws {
    let x = HostTensor([1, 2, 4] as [Double])
    let found = try evaluate([x]) {
      [
        $0[0] - 1, 1 - $0[0], $0[0] + 1, 1 + $0[0], $0[0] * 3, 3 * $0[0], $0[0] / 2, 2 / $0[0],
        -$0[0], $0[0].addingProduct(2, $0[0]), $0[0].maximum(2), $0[0].minimum(2),
        $0[0].isGreater(than: $0[0] * 0 + 1).select(5, $0[0]),
      ]
    }.map(\.doubles)
    #expect(
      found == [
        [0, 1, 3], [0, -1, -3], [2, 3, 5], [2, 3, 5], [3, 6, 12], [3, 6, 12], [0.5, 1, 2],
        [2, 1, 0.5], [-1, -2, -4], [3, 6, 12], [2, 2, 4], [1, 2, 2], [1, 5, 5],
      ])
  }

  @Test func stepHasNoGradient() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([3], .float64))
    _ = graph.gradients(of: x.step().sum(), withRespectTo: [x])
    #expect(graph.diagnostics.map(\.message) == ["step has no useful derivative"])
    #expect(graph.diagnostics[0].hint?.contains("perceptron rule or use sigmoid") == true)
    let values = try evaluate([HostTensor([-1, 0, 2] as [Double])]) { [$0[0].step()] }
    #expect(values[0].doubles == [0, 1, 1])
  }

  @Test func detachedValuesAreConstants() throws {
    let found = try gradients([HostTensor([3, 4] as [Double])]) { $0[0] * $0[0].detached() }
    #expect(found[0].doubles == [3, 4])
  }

  @Test func logSumExpSurvivesInfinities() throws {
    let x = HostTensor(
      [1000, 1000, -.infinity, -.infinity, .infinity, 0, 1, 2] as [Double], shape: [4, 2])
    let found = try evaluate([x]) {
      [
        $0[0].logSumExp(axes: [1]), $0[0].logSumExp(axes: [-1], keepDimensions: true),
        $0[0].logSumExp(),
      ]
    }
    let last: Double = 2 + log1p(exp(-1.0))
    let expected: [Double] = [1000 + log(2.0), -.infinity, .infinity, last]
    for (a, b) in zip(found[0].doubles, expected) { #expect(a == b || abs(a - b) < 1e-12) }
    #expect(found[0].shape == [4])
    #expect(found[1].shape == [4, 1])
    #expect(found[2].doubles == [.infinity])
  }

  @Test func variancesEqualTheirDefinition() throws {
    let x = HostTensor([1, 2, 4, 8, 16, 32] as [Double], shape: [2, 3])
    let found = try evaluate([x]) {
      [$0[0].variance(axes: [1]), $0[0].variance(correction: 0), $0[0].mean(axes: [0])]
    }
    let rows: [Double] = [7.0 / 3, 448.0 / 3]
    expectClose(found[0].doubles, rows)
    expectClose(found[1].doubles, [117.25])
    #expect(found[2].doubles == [4.5, 9, 18])
  }
}
