import NNGraph
import NNLayers

extension Registry where Product == any Layer {
  /// Functions of each element, and softmax.
  static let activations: [Row] = [
    Row("step", "1 where x ≥ 0, else 0. It has no gradient.") { _ in { Step() } },
    Row("sigmoid", "σ(x) = 1/(1 + e⁻ˣ), as `nn.Sigmoid`.") { _ in { Sigmoid() } },
    Row("tanh", "The hyperbolic tangent, as `nn.Tanh`.") { _ in { Tanh() } },
    Row("relu", "max(x, 0), as `nn.ReLU`.") { _ in { ReLU() } },
    Row("leaky_relu", "x where x > 0, else `negative_slope`·x, as `nn.LeakyReLU`.") { options in
      let slope = options.value("negative_slope", .number(), default: 0.01, "the slope for x < 0")
      return { LeakyReLU(negativeSlope: slope) }
    },
    Row("elu", "x where x > 0, else alpha·(eˣ − 1), as `nn.ELU`.") { options in
      let alpha = options.value(
        "alpha", .number(), default: 1, "the output approaches −alpha for x → −∞")
      return { ELU(alpha: alpha) }
    },
    Row(
      "gelu",
      "x·Φ(x), with the distribution function Φ of the standard normal distribution, as `nn.GELU`."
    ) { options in
      let approximation = options.value(
        "approximate", .choice([("none", GELUApproximation.none), ("tanh", .tanh)]),
        default: .none, "`tanh` computes the approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))"
      )
      return { GELU(approximation: approximation) }
    },
    Row("silu", "x·σ(x), also called swish, as `nn.SiLU`.") { _ in { SiLU() } },
    Row("softplus", "ln(1 + e^(beta·x))/beta, as `nn.Softplus`.") { options in
      let beta = options.value(
        "beta", .number(.positive), default: 1, "the sharpness: the larger, the closer to relu")
      let threshold = options.value(
        "threshold", .number(), default: 20, "where beta·x exceeds it, the output is x")
      return { Softplus(beta: beta, threshold: threshold) }
    },
    Row(
      "softmax",
      "eˣ/Σeˣ along an axis, as `nn.Softmax`. Not needed before `cross_entropy`, which includes it."
    ) { options in
      let axis = options.optional(
        "dim", .integer,
        "the axis; null: that of classes or features, 1 for images and the last one for "
          + "[N, C] and [N, T, C]"
      )
      return { Softmax(axis: axis) }
    },
    Row("log_softmax", "x − ln Σeˣ along an axis, as `nn.LogSoftmax`. For the loss `nll`.") {
      options in
      let axis = options.optional(
        "dim", .integer,
        "the axis; null: that of classes or features, 1 for images and the last one for "
          + "[N, C] and [N, T, C]"
      )
      return { LogSoftmax(axis: axis) }
    },
  ]
}
