import NNCore
import NNLayers
import NNTestSupport
import Testing

@Suite struct InitializerReferenceTests {
  @Test func gains() throws {
    let example = try Fixture.load("initializers", "initializers").example("gains")
    let nonlinearities: [String: Nonlinearity] = [
      "linear": .linear, "conv2d": .conv2d, "sigmoid": .sigmoid, "tanh": .tanh, "relu": .relu,
      "leaky_relu": .leakyReLU(slope: 0.01), "leaky_relu-0.2": .leakyReLU(slope: 0.2),
      "selu": .selu,
    ]
    #expect(example.expectedNames(.float64) == nonlinearities.keys.sorted())
    for (name, nonlinearity) in nonlinearities {
      let expected = try example.expected(name, .float64).doubles[0]
      expectClose([nonlinearity.gain], [expected], Tolerance(relative: 1e-15), name)
    }
  }

  /// Many draws of each shape: bound and standard deviation match PyTorch's.
  @Test func fansBoundsAndDeviations() throws {
    for example in try Fixture.load("initializers", "initializers").examples
    where example.name != "gains" {
      let shape = Shape(
        try example.given("shape", as: .int64).scalars(as: Int64.self).map(Int.init))
      let fan = Fan(weightShape: shape)
      func expected(_ name: String) throws -> Double? {
        try example.expectedNames(.float64).contains(name)
          ? example.expected(name, .float64).doubles[0] : nil
      }
      #expect(try expected("fan_in") == Double(fan.inputs), "\(example.name)")
      #expect(try expected("fan_out") == Double(fan.outputs), "\(example.name)")
      let initializer = try makeInitializer(example)
      let draws = try (0..<400).flatMap {
        try initializer.values(shape: shape, seed: 7, stream: UInt32($0))
      }
      let deviation = (draws.reduce(0) { $0 + $1 * $1 } / Double(draws.count)).squareRoot()
      let mean = draws.reduce(0, +) / Double(draws.count)
      let std = try #require(try expected("std"))
      #expect(abs(deviation / std - 1) < 0.02, "\(example.name): \(deviation), not \(std)")
      #expect(abs(mean) < 0.03 * std, "\(example.name): mean \(mean)")
      let largest = draws.reduce(0) { max($0, abs($1)) }
      if let bound = try expected("bound") {
        #expect(largest <= bound && largest > 0.99 * bound, "\(example.name): \(largest)")
      } else {
        #expect(largest > 3 * std, "\(example.name): a normal distribution has tails")
      }
    }
  }

  private func makeInitializer(_ example: FixtureExample) throws -> Initializer {
    let (name, options) = try #require(example.config.named)
    let gain = options["gain"]?.number ?? 1
    let mode = try #require(FanMode(rawValue: options["mode"]?.text ?? "fan_in"))
    let nonlinearity: Nonlinearity =
      switch options["nonlinearity"]?.text {
      case "relu": .relu
      case "tanh": .tanh
      default: .leakyReLU(slope: options["a"]?.number ?? 0)
      }
    switch name {
    case "xavier_uniform": return .xavierUniform(gain: gain)
    case "xavier_normal": return .xavierNormal(gain: gain)
    case "kaiming_uniform": return .kaimingUniform(mode: mode, nonlinearity: nonlinearity)
    case "kaiming_normal": return .kaimingNormal(mode: mode, nonlinearity: nonlinearity)
    case "linear", "conv2d": return .layerDefault
    default: throw NNError.invalid("no initializer called \(name)")
    }
  }
}
