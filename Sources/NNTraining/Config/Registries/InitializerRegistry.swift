package import NNLayers

extension Registry where Product == Initializer {
  /// The initializers: `weight_init: kaiming_normal`, `bias_init: {constant: 0.1}`.
  package static let initializers = Registry(
    "initializer", example: "`kaiming_normal` or `constant: 0.1`",
    [
      Row("zeros", "All elements 0, as `nn.init.zeros_`.") { _ in { .zeros } },
      Row("ones", "All elements 1, as `nn.init.ones_`.") { _ in { .ones } },
      Row("constant", "The same number everywhere, as `nn.init.constant_`.") { options in
        let value = options.required("value", .number(), "the number")
        return { .constant(value) }
      },
      Row("uniform", "Uniform in [low, high), as `nn.init.uniform_`.") { options in
        let low = options.value("low", .number(), default: 0, "the lower bound")
        let high = options.value("high", .number(), default: 1, "the upper bound")
        options.check(low < high, on: "high", "`high` (\(high)) must be above `low` (\(low))")
        return { .uniform(low, high) }
      },
      Row("normal", "Normal, as `nn.init.normal_`.") { options in
        let mean = options.value("mean", .number(), default: 0, "the mean")
        let std = options.value("std", .number(.nonNegative), default: 1, "the standard deviation")
        return { .normal(mean: mean, std: std) }
      },
      Row("trunc_normal", "Normal, restricted to [low, high], as `nn.init.trunc_normal_`.") {
        options in
        let mean = options.value("mean", .number(), default: 0, "the mean")
        let std = options.value(
          "std", .number(.positive), default: 1, "the standard deviation before the restriction")
        let low = options.value("low", .number(), default: -2, "the lower bound")
        let high = options.value("high", .number(), default: 2, "the upper bound")
        options.check(low < high, on: "high", "`high` (\(high)) must be above `low` (\(low))")
        return { .truncatedNormal(mean: mean, std: std, low: low, high: high) }
      },
      Row(
        "xavier_uniform",
        "Uniform in ±gain·√(6/(fan_in + fan_out)) (Glorot), as `nn.init.xavier_uniform_`."
      ) { options in
        let gain = options.gain()
        return { .xavierUniform(gain: gain) }
      },
      Row(
        "xavier_normal",
        "Normal with standard deviation gain·√(2/(fan_in + fan_out)) (Glorot), as "
          + "`nn.init.xavier_normal_`."
      ) { options in
        let gain = options.gain()
        return { .xavierNormal(gain: gain) }
      },
      Row("kaiming_uniform", "Uniform in ±gain·√(3/fan) (He), as `nn.init.kaiming_uniform_`.") {
        options in
        let (mode, nonlinearity) = options.kaiming()
        return { .kaimingUniform(mode: mode, nonlinearity: nonlinearity) }
      },
      Row(
        "kaiming_normal",
        "Normal with standard deviation gain/√fan (He), as `nn.init.kaiming_normal_`."
      ) { options in
        let (mode, nonlinearity) = options.kaiming()
        return { .kaimingNormal(mode: mode, nonlinearity: nonlinearity) }
      },
      Row("orthogonal", "A random orthogonal matrix times gain, as `nn.init.orthogonal_`.") {
        options in
        let gain = options.gain()
        return { .orthogonal(gain: gain) }
      },
    ])
}

extension OptionReader {
  /// The gain that several initializers take.
  fileprivate func gain() -> Double {
    value(
      "gain", .number(.positive), default: 1,
      "the factor for the activation that follows: 1, 5/3 for tanh, √2 for relu")
  }

  /// The options of both Kaiming initializers; `a` is the negative slope of leaky_relu.
  fileprivate func kaiming() -> (mode: FanMode, nonlinearity: Nonlinearity) {
    let mode = value(
      "mode", .choice([("fan_in", FanMode.inputs), ("fan_out", .outputs)]), default: .inputs,
      "the fan that scales: `fan_in` preserves the variance in the forward pass, "
        + "`fan_out` in the backward pass"
    )
    let slope = value(
      "a", .number(), default: 0, "the negative slope if `nonlinearity` is `leaky_relu`")
    let nonlinearity = value(
      "nonlinearity",
      .choice([
        ("leaky_relu", Nonlinearity.leakyReLU(slope: slope)), ("relu", .relu), ("tanh", .tanh),
        ("sigmoid", .sigmoid), ("selu", .selu), ("linear", .linear), ("conv2d", .conv2d),
      ]), default: .leakyReLU(slope: slope),
      "the activation that follows, which determines the gain")
    return (mode, nonlinearity)
  }
}

extension OptionKind where Value == Component<Initializer> {
  /// An initializer.
  static var initializer: Self { component(of: .initializers) }
}
