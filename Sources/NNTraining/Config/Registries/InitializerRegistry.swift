package import NNLayers

extension Registry where Product == Initializer {
  /// The initializers: `weight_init: kaiming_normal`, `bias_init: {constant: 0.1}`.
  package static let initializers = Registry(
    "initializer", example: "`kaiming_normal` or `constant: 0.1`",
    [
      Row("zeros") { _ in { .zeros } },
      Row("ones") { _ in { .ones } },
      Row("constant") { options in
        let value = options.required("value", .number())
        return { .constant(value) }
      },
      Row("uniform") { options in
        let low = options.value("low", .number(), default: 0)
        let high = options.value("high", .number(), default: 1)
        options.check(low < high, on: "high", "`high` (\(high)) must be above `low` (\(low))")
        return { .uniform(low, high) }
      },
      Row("normal") { options in
        let mean = options.value("mean", .number(), default: 0)
        let std = options.value("std", .number(.nonNegative), default: 1)
        return { .normal(mean: mean, std: std) }
      },
      Row("trunc_normal") { options in
        let mean = options.value("mean", .number(), default: 0)
        let std = options.value("std", .number(.positive), default: 1)
        let low = options.value("low", .number(), default: -2)
        let high = options.value("high", .number(), default: 2)
        options.check(low < high, on: "high", "`high` (\(high)) must be above `low` (\(low))")
        return { .truncatedNormal(mean: mean, std: std, low: low, high: high) }
      },
      Row("xavier_uniform") { options in
        let gain = options.gain()
        return { .xavierUniform(gain: gain) }
      },
      Row("xavier_normal") { options in
        let gain = options.gain()
        return { .xavierNormal(gain: gain) }
      },
      Row("kaiming_uniform") { options in
        let (mode, nonlinearity) = options.kaiming()
        return { .kaimingUniform(mode: mode, nonlinearity: nonlinearity) }
      },
      Row("kaiming_normal") { options in
        let (mode, nonlinearity) = options.kaiming()
        return { .kaimingNormal(mode: mode, nonlinearity: nonlinearity) }
      },
      Row("orthogonal") { options in
        let gain = options.gain()
        return { .orthogonal(gain: gain) }
      },
    ])
}

extension OptionReader {
  /// The gain that several initializers take.
  fileprivate func gain() -> Double { value("gain", .number(.positive), default: 1) }

  /// The options of both Kaiming initializers; `a` is the negative slope of leaky_relu.
  fileprivate func kaiming() -> (mode: FanMode, nonlinearity: Nonlinearity) {
    let mode = value(
      "mode", .choice([("fan_in", FanMode.inputs), ("fan_out", .outputs)]), default: .inputs)
    let slope = value("a", .number(), default: 0)
    let nonlinearity = value(
      "nonlinearity",
      .choice([
        ("leaky_relu", Nonlinearity.leakyReLU(slope: slope)), ("relu", .relu), ("tanh", .tanh),
        ("sigmoid", .sigmoid), ("selu", .selu), ("linear", .linear), ("conv2d", .conv2d),
      ]), default: .leakyReLU(slope: slope))
    return (mode, nonlinearity)
  }
}

extension OptionKind where Value == Component<Initializer> {
  /// An initializer.
  static var initializer: Self { component(of: .initializers) }
}
