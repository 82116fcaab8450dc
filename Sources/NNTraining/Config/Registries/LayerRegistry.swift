import NNGraph
package import NNLayers

extension Registry where Product == any Layer {
  /// The layers. Options have PyTorch's names and defaults; sizes that are inferred from the input
  /// are not options.
  package static let layers = Registry(
    "layer", example: "`linear: 128` or `relu`",
    containers + weighted + recurrent + pooling + normalization + shape + activations + attention)

  private static let containers: [Row] = [
    Row("sequential") { options in
      let layers = options.required("layers", .layers)
      return { Sequential(layers.map { $0.build() }) }
    },
    Row("residual") { options in
      let layers = options.required("layers", .layers)
      return { Residual(layers.map { $0.build() }) }
    },
    Row("concat") { options in
      let branches = options.required("branches", .branches)
      let axis = options.value("axis", .integer, default: 1)
      options.check(axis != 0, on: "axis", "axis 0 is the batch axis")
      return { Concat(axis: axis, branches.map { branch in branch.map { $0.build() } }) }
    },
    Row("encoder_decoder") { options in
      let encoder = options.required("encoder", .layers)
      let decoder = options.required("decoder", .layers)
      return {
        EncoderDecoder(
          encoder: Sequential(encoder.map { $0.build() }),
          decoder: Sequential(decoder.map { $0.build() }))
      }
    },
  ]

  private static let weighted: [Row] = [
    Row("linear", aliases: ["dense"]) { options in
      let outFeatures = options.required("out_features", .integerOrVocabulary)
      let bias = options.value("bias", .bool, default: true)
      let initializers = options.initializers(bias: bias)
      return {
        Dense(
          outFeatures, bias: bias, weightInitializer: initializers.weight(),
          biasInitializer: initializers.bias())
      }
    },
    Row("conv2d") { options in
      let outChannels = options.required("out_channels", .integer(1...))
      let kernelSize = options.required("kernel_size", .heightAndWidth(1...))
      let stride = options.value("stride", .heightAndWidth(1...), default: 1)
      let padding = options.value("padding", .padding, default: 0)
      let dilation = options.value("dilation", .heightAndWidth(1...), default: 1)
      let groups = options.value("groups", .integer(1...), default: 1)
      let bias = options.value("bias", .bool, default: true)
      let initializers = options.initializers(bias: bias)
      options.check(
        outChannels % groups == 0, on: "groups",
        "`out_channels` (\(outChannels)) must be a multiple of `groups` (\(groups))")
      options.check(
        padding != .same || stride == 1, on: "padding", "padding `same` needs stride 1")
      return {
        Conv2D(
          outChannels, kernelSize: kernelSize, stride: stride, padding: padding,
          dilation: dilation, groups: groups, bias: bias,
          weightInitializer: initializers.weight(), biasInitializer: initializers.bias())
      }
    },
  ]

  private static let recurrent: [Row] = [
    Row("rnn") { options in
      let shared = options.recurrent()
      let nonlinearity = options.value(
        "nonlinearity", .choice(RNN.Nonlinearity.allCases.map { ($0.rawValue, $0) }),
        default: .tanh)
      return { RNN(shared, nonlinearity: nonlinearity) }
    },
    Row("lstm") { options in
      let shared = options.recurrent()
      let projection = options.value("proj_size", .integer(0...), default: 0)
      options.check(
        projection < shared.hiddenSize, on: "proj_size",
        "`proj_size` (\(projection)) must be smaller than `hidden_size` (\(shared.hiddenSize))")
      return { LSTM(shared, projectionSize: projection == 0 ? nil : projection) }
    },
    Row("gru") { options in
      let shared = options.recurrent()
      let reset = options.value(
        "reset", .choice(GRUReset.allCases.map { ($0.rawValue, $0) }), default: .after)
      return { GRU(shared, reset: reset) }
    },
  ]

  private static let pooling: [Row] = [
    Row("max_pool2d") { options in
      let (kernelSize, stride, padding) = options.window()
      let dilation = options.value("dilation", .heightAndWidth(1...), default: 1)
      let ceilMode = options.value("ceil_mode", .bool, default: false)
      return {
        MaxPool2D(
          kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
      }
    },
    Row("avg_pool2d") { options in
      let (kernelSize, stride, padding) = options.window()
      let ceilMode = options.value("ceil_mode", .bool, default: false)
      let countIncludePad = options.value("count_include_pad", .bool, default: true)
      let divisor = options.optional("divisor_override", .integer(1...))
      return {
        AvgPool2D(
          kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
          countIncludePad: countIncludePad, divisorOverride: divisor)
      }
    },
    Row("adaptive_avg_pool2d") { options in
      let size = options.required(
        "output_size", .list(OptionKind<Int>.integer(1...).orNull, count: 1...2))
      return { AdaptiveAvgPool2D(height: size[0], width: size[size.count - 1]) }
    },
    Row("global_avg_pool2d") { _ in { GlobalAvgPool2D() } },
  ]

  private static let normalization: [Row] = [
    Row("batch_norm1d") { options in
      let batchNorm = options.batchNorm()
      return { BatchNorm1D(batchNorm) }
    },
    Row("batch_norm2d") { options in
      let batchNorm = options.batchNorm()
      return { BatchNorm2D(batchNorm) }
    },
    Row("layer_norm") { options in
      let shape = options.optional("normalized_shape", .list(.integer(1...)))
      let epsilon = options.value("eps", .number(.positive), default: 1e-5)
      let affine = options.value("elementwise_affine", .bool, default: true)
      let bias = options.value("bias", .bool, default: true)
      return { LayerNorm(shape, epsilon: epsilon, elementwiseAffine: affine, bias: bias) }
    },
    Row("dropout") { options in
      let probability = options.value("p", .number(.probability), default: 0.5)
      return { Dropout(probability) }
    },
  ]

  private static let shape: [Row] = [
    Row("flatten") { options in
      let start = options.value("start_dim", .integer, default: 1)
      let end = options.value("end_dim", .integer, default: -1)
      options.check(start != 0, on: "start_dim", "axis 0 is the batch axis")
      return { Flatten(startDim: start, endDim: end) }
    },
    Row("reshape") { options in
      let shape = options.required("shape", .list(.integer((-1)...)))
      options.check(!shape.contains(0), on: "shape", "`shape` may contain integers ≥ 1 and -1")
      options.check(
        shape.filter { $0 == -1 }.count <= 1, on: "shape", "`shape` may contain -1 at most once")
      return { Reshape(shape) }
    },
  ]

  private static let activations: [Row] = [
    Row("step") { _ in { Step() } },
    Row("sigmoid") { _ in { Sigmoid() } },
    Row("tanh") { _ in { Tanh() } },
    Row("relu") { _ in { ReLU() } },
    Row("leaky_relu") { options in
      let slope = options.value("negative_slope", .number(), default: 0.01)
      return { LeakyReLU(negativeSlope: slope) }
    },
    Row("elu") { options in
      let alpha = options.value("alpha", .number(), default: 1)
      return { ELU(alpha: alpha) }
    },
    Row("gelu") { options in
      let approximation = options.value(
        "approximate", .choice([("none", GELUApproximation.none), ("tanh", .tanh)]),
        default: .none)
      return { GELU(approximation: approximation) }
    },
    Row("silu") { _ in { SiLU() } },
    Row("softplus") { options in
      let beta = options.value("beta", .number(.positive), default: 1)
      let threshold = options.value("threshold", .number(), default: 20)
      return { Softplus(beta: beta, threshold: threshold) }
    },
    Row("softmax") { options in
      let axis = options.optional("dim", .integer)
      return { Softmax(axis: axis) }
    },
    Row("log_softmax") { options in
      let axis = options.optional("dim", .integer)
      return { LogSoftmax(axis: axis) }
    },
  ]
}

extension OptionReader {
  /// The initializers of weight and bias; PyTorch's default if null.
  fileprivate func initializers(
    bias hasBias: Bool
  ) -> (weight: () -> Initializer, bias: () -> Initializer) {
    let weight = optional("weight_init", .initializer)
    let bias = optional("bias_init", .initializer)
    check(
      hasBias || bias == nil, on: "bias_init",
      "`bias_init` has no bias to initialize; `bias` is false")
    return ({ weight?.build() ?? .layerDefault }, { bias?.build() ?? .layerDefault })
  }

  /// The options of all recurrent layers.
  fileprivate func recurrent() -> RecurrentOptions {
    let hiddenSize = required("hidden_size", .integer(1...))
    let layers = layerCount(default: 1)
    let bias = value("bias", .bool, default: true)
    let dropout = value("dropout", .number(.probability), default: 0)
    let bidirectional = value("bidirectional", .bool, default: false)
    let returns = value(
      "return", .choice(SequenceResult.allCases.map { ($0.rawValue, $0) }), default: .all)
    let start = value(
      "start", .choice(RecurrentStart.allCases.map { ($0.rawValue, $0) }), default: .zeros)
    check(
      dropout == 0 || layers > 1, on: "dropout",
      "`dropout` applies between layers, and there is only one")
    return RecurrentOptions(
      hiddenSize: hiddenSize, layerCount: layers, bias: bias, dropout: dropout,
      bidirectional: bidirectional, returns: returns, start: start)
  }

  /// The window of a pooling layer.
  fileprivate func window() -> (kernelSize: Size2D, stride: Size2D, padding: Size2D) {
    let kernelSize = required("kernel_size", .heightAndWidth(1...))
    let stride = value("stride", .heightAndWidth(1...), default: kernelSize)
    let padding = value("padding", .heightAndWidth(0...), default: 0)
    check(
      2 * padding.height <= kernelSize.height && 2 * padding.width <= kernelSize.width,
      on: "padding", "`padding` must be at most half of `kernel_size`")
    return (kernelSize, stride, padding)
  }

  /// The options of both batch normalisations.
  fileprivate func batchNorm() -> BatchNormOptions {
    BatchNormOptions(
      epsilon: value("eps", .number(.positive), default: 1e-5),
      momentum: optional("momentum", .number(.probability), default: 0.1),
      affine: value("affine", .bool, default: true),
      trackRunningStats: value("track_running_stats", .bool, default: true))
  }
}
