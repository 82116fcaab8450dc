import NNCore

/// The fan that scales an initializer.
public enum FanMode: String, Sendable, CaseIterable {
  /// `fan_in`: preserves the variance of activations in the forward pass.
  case inputs = "fan_in"
  /// `fan_out`: preserves the variance of gradients in the backward pass.
  case outputs = "fan_out"
}

/// The nonlinearity after a layer, which determines the gain.
public enum Nonlinearity: Hashable, Sendable {
  case linear, conv2d, sigmoid, tanh, relu, selu
  /// Leaky ReLU with the given negative slope.
  case leakyReLU(slope: Double)

  /// The factor of the standard deviation: PyTorch's `calculate_gain`.
  public var gain: Double {
    switch self {
    case .linear, .conv2d, .sigmoid: 1
    case .tanh: 5.0 / 3
    case .relu: 2.0.squareRoot()
    case .leakyReLU(let slope): (2 / (1 + slope * slope)).squareRoot()
    case .selu: 0.75
    }
  }
}

extension Initializer {
  /// Uniform in ±gain·√(6/(fan in + fan out)); PyTorch's `xavier_uniform_`.
  ///
  /// Source: Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural
  /// networks", AISTATS 2010.
  public static func xavierUniform(gain: Double = 1) -> Initializer {
    scaledUniform("xavier_uniform(gain: \(gain))") { xavierDeviation($0, gain) }
  }

  /// Normal with standard deviation gain·√(2/(fan in + fan out)); PyTorch's `xavier_normal_`.
  public static func xavierNormal(gain: Double = 1) -> Initializer {
    scaledNormal("xavier_normal(gain: \(gain))") { xavierDeviation($0, gain) }
  }

  /// Uniform in ±gain·√(3/fan); PyTorch's `kaiming_uniform_`.
  ///
  /// Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015.
  ///
  /// - Parameters:
  ///   - mode: Whether fan in or fan out is used.
  ///   - nonlinearity: The nonlinearity after the layer; PyTorch's default is a leaky ReLU of slope
  ///     0.
  public static func kaimingUniform(
    mode: FanMode = .inputs, nonlinearity: Nonlinearity = .leakyReLU(slope: 0)
  ) -> Initializer {
    scaledUniform("kaiming_uniform(\(mode.rawValue), \(nonlinearity))") {
      kaimingDeviation($0, mode, nonlinearity)
    }
  }

  /// Normal with standard deviation gain/√fan; PyTorch's `kaiming_normal_`.
  ///
  /// - Parameters:
  ///   - mode: Whether fan in or fan out is used.
  ///   - nonlinearity: The nonlinearity after the layer; PyTorch's default is a leaky ReLU of slope
  ///     0.
  public static func kaimingNormal(
    mode: FanMode = .inputs, nonlinearity: Nonlinearity = .leakyReLU(slope: 0)
  ) -> Initializer {
    scaledNormal("kaiming_normal(\(mode.rawValue), \(nonlinearity))") {
      kaimingDeviation($0, mode, nonlinearity)
    }
  }

  private static func xavierDeviation(_ fan: Fan, _ gain: Double) -> Double {
    gain * (2 / Double(fan.inputs + fan.outputs)).squareRoot()
  }

  private static func kaimingDeviation(
    _ fan: Fan, _ mode: FanMode, _ nonlinearity: Nonlinearity
  ) -> Double {
    let count = mode == .inputs ? fan.inputs : fan.outputs
    return nonlinearity.gain / Double(count).squareRoot()
  }

  private static func scaledUniform(
    _ description: String, _ deviation: @escaping @Sendable (Fan) -> Double
  ) -> Initializer {
    uniformly(description) { symmetric(3.0.squareRoot() * deviation($0)) }
  }

  private static func scaledNormal(
    _ description: String, _ deviation: @escaping @Sendable (Fan) -> Double
  ) -> Initializer {
    elementwise(description) { fan, generator, index in
      deviation(fan) * generator.normal(index)
    }
  }
}
