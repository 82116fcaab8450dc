extension Registry where Product == Void {
  /// The layers. Options have PyTorch's names and defaults; sizes that the input determines are not
  /// options.
  package static let layers = Registry(
    "layer", example: "`linear: 128` or `relu`",
    containers + linear + convolution + pooling + normalization + shape + activations)

  private static let containers: [Row] = [
    Row("sequential") { options in
      let layers = options.required("layers", .layers)
      return { _ = layers }
    },
    Row("residual") { options in
      let layers = options.required("layers", .layers)
      return { _ = layers }
    },
    Row("concat") { options in
      let branches = options.required("branches", .branches)
      let axis = options.value("axis", .wholeNumber, default: 1)
      options.check(axis != 0, on: "axis", "axis 0 holds the rows of the batch")
      return { _ = branches }
    },
  ]

  private static let linear: [Row] = [
    Row("linear", aliases: ["dense"]) { options in
      let outFeatures = options.required("out_features", .wholeNumber(1...))
      let bias = options.value("bias", .bool, default: true)
      let start = StartOptions(options, bias: bias)
      return { _ = (outFeatures, start) }
    }
  ]

  private static let convolution: [Row] = [
    Row("conv2d") { options in
      let outChannels = options.required("out_channels", .wholeNumber(1...))
      let kernelSize = options.required("kernel_size", .heightAndWidth(1...))
      let stride = options.value("stride", .heightAndWidth(1...), default: HeightWidth(1, 1))
      let padding = options.value("padding", .padding, default: .size(HeightWidth(0, 0)))
      let dilation = options.value("dilation", .heightAndWidth(1...), default: HeightWidth(1, 1))
      let groups = options.value("groups", .wholeNumber(1...), default: 1)
      let bias = options.value("bias", .bool, default: true)
      let start = StartOptions(options, bias: bias)
      options.check(
        outChannels % groups == 0, on: "groups",
        "`out_channels` (\(outChannels)) must be a multiple of `groups` (\(groups))")
      options.check(
        padding != .same || stride == HeightWidth(1, 1), on: "padding",
        "padding `same` needs stride 1")
      return { _ = (kernelSize, dilation, start) }
    }
  ]

  private static let pooling: [Row] = [
    Row("max_pool2d") { options in
      let window = WindowOptions(options)
      let dilation = options.value("dilation", .heightAndWidth(1...), default: HeightWidth(1, 1))
      let ceilMode = options.value("ceil_mode", .bool, default: false)
      return { _ = (window, dilation, ceilMode) }
    },
    Row("avg_pool2d") { options in
      let window = WindowOptions(options)
      let ceilMode = options.value("ceil_mode", .bool, default: false)
      let countIncludePad = options.value("count_include_pad", .bool, default: true)
      let divisor = options.optional("divisor_override", .wholeNumber(1...))
      return { _ = (window, ceilMode, countIncludePad, divisor) }
    },
    Row("adaptive_avg_pool2d") { options in
      let outputSize = options.required("output_size", .heightAndWidth(1...))
      return { _ = outputSize }
    },
    Row("global_avg_pool2d") { _ in {} },
  ]

  private static let normalization: [Row] = [
    Row("batch_norm1d") { options in
      let batch = BatchNormOptions(options)
      return { _ = batch }
    },
    Row("batch_norm2d") { options in
      let batch = BatchNormOptions(options)
      return { _ = batch }
    },
    Row("layer_norm") { options in
      let shape = options.optional("normalized_shape", .list(.wholeNumber(1...)))
      let eps = options.value("eps", .number(.positive), default: 1e-5)
      let affine = options.value("elementwise_affine", .bool, default: true)
      let bias = options.value("bias", .bool, default: true)
      return { _ = (shape, eps, affine, bias) }
    },
    Row("dropout") { options in
      let p = options.value("p", .number(.belowOne), default: 0.5)
      return { _ = p }
    },
  ]

  private static let shape: [Row] = [
    Row("flatten") { options in
      let start = options.value("start_dim", .wholeNumber, default: 1)
      let end = options.value("end_dim", .wholeNumber, default: -1)
      options.check(start != 0, on: "start_dim", "axis 0 holds the rows of the batch")
      return { _ = (start, end) }
    },
    Row("reshape") { options in
      let shape = options.required("shape", .list(.wholeNumber((-1)...)))
      options.check(
        shape.filter { $0 == -1 }.count <= 1, on: "shape", "`shape` may hold -1 at most once")
      return { _ = shape }
    },
  ]

  private static let activations: [Row] = [
    Row("step") { _ in {} },
    Row("sigmoid") { _ in {} },
    Row("tanh") { _ in {} },
    Row("relu") { _ in {} },
    Row("leaky_relu") { options in
      let slope = options.value("negative_slope", .number(), default: 0.01)
      return { _ = slope }
    },
    Row("elu") { options in
      let alpha = options.value("alpha", .number(), default: 1)
      return { _ = alpha }
    },
    Row("gelu") { options in
      let approximate = options.value(
        "approximate", .choice([("none", false), ("tanh", true)]), default: false)
      return { _ = approximate }
    },
    Row("silu") { _ in {} },
    Row("softplus") { options in
      let beta = options.value("beta", .number(.positive), default: 1)
      let threshold = options.value("threshold", .number(), default: 20)
      return { _ = (beta, threshold) }
    },
    Row("softmax") { options in
      let dim = options.value("dim", .wholeNumber, default: -1)
      return { _ = dim }
    },
    Row("log_softmax") { options in
      let dim = options.value("dim", .wholeNumber, default: -1)
      return { _ = dim }
    },
  ]
}

/// How the weight and bias of a layer start.
struct StartOptions {
  let weight: Component<Void>?
  let bias: Component<Void>?

  init(_ options: OptionReader, bias hasBias: Bool) {
    weight = options.optional("weight_init", .component(of: .initializers))
    bias = options.optional("bias_init", .component(of: .initializers))
    options.check(
      hasBias || bias == nil, on: "bias_init", "`bias_init` has no bias to start; `bias` is false")
  }
}

/// The window of a pooling layer.
private struct WindowOptions {
  let kernelSize: HeightWidth
  let stride: HeightWidth
  let padding: HeightWidth

  init(_ options: OptionReader) {
    kernelSize = options.required("kernel_size", .heightAndWidth(1...))
    stride = options.value("stride", .heightAndWidth(1...), default: kernelSize)
    padding = options.value("padding", .heightAndWidth(0...), default: HeightWidth(0, 0))
    options.check(
      2 * padding.height <= kernelSize.height && 2 * padding.width <= kernelSize.width,
      on: "padding", "`padding` must be at most half of `kernel_size`")
  }
}

/// What both batch normalisations take.
private struct BatchNormOptions {
  let eps: Double
  let momentum: Double?
  let affine: Bool
  let trackRunningStats: Bool

  init(_ options: OptionReader) {
    eps = options.value("eps", .number(.positive), default: 1e-5)
    momentum = options.optional("momentum", .number(.probability), default: 0.1)
    affine = options.value("affine", .bool, default: true)
    trackRunningStats = options.value("track_running_stats", .bool, default: true)
  }
}
