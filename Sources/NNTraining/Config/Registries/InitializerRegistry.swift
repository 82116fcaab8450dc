extension Registry where Product == Void {
  /// How parameters start: `weight_init: kaiming_normal`, `bias_init: {constant: 0.1}`.
  package static let initializers = Registry(
    "initializer", example: "`kaiming_normal` or `constant: 0.1`",
    [
      Row("zeros") { _ in {} },
      Row("ones") { _ in {} },
      Row("constant") { options in
        let value = options.required("value", .number())
        return { _ = value }
      },
      Row("uniform") { options in
        let low = options.value("low", .number(), default: 0)
        let high = options.value("high", .number(), default: 1)
        options.check(low < high, on: "high", "`high` (\(high)) must be above `low` (\(low))")
        return {}
      },
      Row("normal") { options in
        let mean = options.value("mean", .number(), default: 0)
        let std = options.value("std", .number(.nonNegative), default: 1)
        return { _ = (mean, std) }
      },
      Row("trunc_normal") { options in
        let mean = options.value("mean", .number(), default: 0)
        let std = options.value("std", .number(.positive), default: 1)
        let low = options.value("low", .number(), default: -2)
        let high = options.value("high", .number(), default: 2)
        options.check(low < high, on: "high", "`high` (\(high)) must be above `low` (\(low))")
        return { _ = (mean, std) }
      },
      Row("xavier_uniform") { options in
        let gain = options.value("gain", .number(.positive), default: 1)
        return { _ = gain }
      },
      Row("xavier_normal") { options in
        let gain = options.value("gain", .number(.positive), default: 1)
        return { _ = gain }
      },
      Row("kaiming_uniform") { options in
        let kaiming = KaimingOptions(options)
        return { _ = kaiming }
      },
      Row("kaiming_normal") { options in
        let kaiming = KaimingOptions(options)
        return { _ = kaiming }
      },
      Row("orthogonal") { options in
        let gain = options.value("gain", .number(.positive), default: 1)
        return { _ = gain }
      },
    ])
}

/// What both Kaiming initializers take.
private struct KaimingOptions {
  let slope: Double
  let mode: String
  let nonlinearity: String

  init(_ options: OptionReader) {
    nonlinearity = options.value(
      "nonlinearity", .word("leaky_relu", "relu", "linear", "sigmoid", "tanh"),
      default: "leaky_relu")
    mode = options.value("mode", .word("fan_in", "fan_out"), default: "fan_in")
    slope = options.value("a", .number(), default: 0)
  }
}
