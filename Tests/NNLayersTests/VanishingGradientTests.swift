import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// How the gradient of the last of many steps vanishes or explodes in the backward pass: for one
/// unit h_t = ρ(w·h_{t−1} + x_t) it is ∂h_T/∂h_t = Π_{s>t} w·ρ′_s.
@Suite struct VanishingGradientTests {
  private static let steps = 100

  /// The outputs h_1 … h_T, and ∂h_T/∂x_t for every step.
  private func run(
    weight: Double, inputs: [Double], nonlinearity: RNN.Nonlinearity = .tanh
  ) throws -> (outputs: [Double], gradients: [Double]) {
    let model = Model(RNN(1, nonlinearity: nonlinearity, bias: false))
    let type = TensorType([1, inputs.count, 1], .float64)
    let network = try Network(
      model, input: type,
      tensors: [
        "weight_ih_l0": HostTensor([1.0], shape: [1, 1]),
        "weight_hh_l0": HostTensor([weight], shape: [1, 1]),
      ])
    // Only the last output.
    var cotangent = [Double](repeating: 0, count: inputs.count)
    cotangent[inputs.count - 1] = 1
    let results = try network.run(
      HostTensor(inputs, shape: type.shape), cotangent: HostTensor(cotangent, shape: type.shape))
    return (
      try #require(results["output"]).doubles, try #require(results["input"]).doubles
    )
  }

  /// Slope of the regression line through points at 0, 1, …, and the largest distance from it.
  private func line(_ values: [Double]) -> (slope: Double, distance: Double) {
    let count = Double(values.count)
    let (meanIndex, mean) = ((count - 1) / 2, values.reduce(0, +) / count)
    var (products, squares) = (0.0, 0.0)
    for (index, value) in values.enumerated() {
      products += (Double(index) - meanIndex) * (value - mean)
      squares += (Double(index) - meanIndex) * (Double(index) - meanIndex)
    }
    let slope = products / squares
    let distances = values.enumerated().map {
      abs($1 - mean - slope * (Double($0) - meanIndex))
    }
    return (slope, distances.max() ?? 0)
  }

  /// Factors that differ from step to step, with a mean below 1 and above 1.
  @Test(arguments: [(0.6, 0.9), (0.95, 0.2), (-0.8, 0.5), (1.2, 0.1), (-1.3, 0.1)])
  func gradientIsTheProductOfItsFactors(weight: Double, size: Double) throws {
    // The inputs cancel the state's contribution: ρ′ is not near 0 at any step, whatever the
    // weight.
    var inputs: [Double] = []
    var state = 0.0
    for step in 0..<Self.steps {
      let sum = size * sin(1.7 * Double(step))
      inputs.append(sum - weight * state)
      state = tanh(sum)
    }
    let (outputs, gradients) = try run(weight: weight, inputs: inputs)
    var product = 1.0
    var expected = gradients
    for step in (0..<Self.steps).reversed() {
      let derivative = 1 - outputs[step] * outputs[step]
      // ∂h_T/∂x_t = ∂h_T/∂h_t · ρ′_t
      expected[step] = product * derivative
      product *= weight * derivative
    }
    expectClose(
      HostTensor(gradients, shape: [Self.steps]), HostTensor(expected, shape: [Self.steps]),
      Tolerance(relative: 1e-12), "weight \(weight)")
    let first = abs(expected[0])
    #expect(abs(weight) < 1 ? first < 1e-2 : first > 1e3, "∂h_100/∂x_1 = \(first)")
  }

  /// If every step has the same factor, log|∂h_T/∂h_t| changes by log|w·ρ′| with each step back.
  @Test(arguments: [
    (0.5, 0.4), (0.9, 0.0), (0.98, 0.3), (1.0, 0.0), (1.05, 0.2), (1.1, 0.1), (1.3, 0.0),
    (-1.5, 0.0),
  ])
  func theLogarithmIsLinearInTheSteps(weight: Double, sum: Double) throws {
    var inputs = [Double](repeating: sum - weight * tanh(sum), count: Self.steps)
    inputs[0] = sum
    let (_, gradients) = try run(weight: weight, inputs: inputs)
    let factor = abs(weight) * (1 - tanh(sum) * tanh(sum))
    let (slope, distance) = line(gradients.reversed().map { log(abs($0)) })
    #expect(abs(slope - log(factor)) <= 1e-12, "\(slope) instead of \(log(factor))")
    #expect(distance <= 1e-9)
  }

  /// With ReLU and positive sums, ρ′ is 1 and the gradients are powers of the weight.
  @Test(arguments: [0.5, 0.75, 1.0, 1.5, 2.0])
  func reluGradientsArePowersOfTheWeight(weight: Double) throws {
    let inputs = [Double](repeating: 1, count: Self.steps)
    let gradients = try run(weight: weight, inputs: inputs, nonlinearity: .relu).gradients
    let expected = (0..<Self.steps).map { pow(weight, Double(Self.steps - 1 - $0)) }
    expectClose(
      HostTensor(gradients, shape: [Self.steps]), HostTensor(expected, shape: [Self.steps]),
      Tolerance(relative: 1e-12), "weight \(weight)")
  }
}
