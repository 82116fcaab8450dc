import NNCore
import NNGraph
package import NNLayers

extension Registry where Product == any Layer {
  /// The layers. Options have PyTorch's names and defaults; sizes that are inferred from the input
  /// are not options.
  package static let layers = Registry(
    "layer", example: "`linear: 128` or `relu`",
    containers + merging + weighted + recurrent + pooling + normalization + shape + activations
      + attention)

  private static let containers: [Row] = [
    Row("sequential", "Layers one after another, as `nn.Sequential`.") { options in
      let layers = options.required("layers", .layers, "the layers, in order")
      return { Sequential(layers.map { $0.build() }) }
    },
    Row(
      "residual",
      "x + f(x): adds the output of its layers to their input, which must have the same shape."
    ) { options in
      let layers = options.required("layers", .layers, "the layers of f, in order")
      return { Residual(layers.map { $0.build() }) }
    },
    Row(
      "concat",
      "Concatenates along an axis: its inputs, or the outputs of several branches of its input."
    ) { options in
      let branches =
        options.given(
          "branches", .branches,
          "the branches; an empty one passes its input on. Without branches: several inputs (`from`)"
        )
        ?? []
      let axis = options.value(
        "axis", .integer, default: 1,
        "the axis of the concatenation; 1 is that of features or channels")
      options.check(axis != 0, on: "axis", "axis 0 is the batch axis")
      return { Concat(axis: axis, branches.map { branch in branch.map { $0.build() } }) }
    },
    Row(
      graph,
      "Layers that read one another's outputs by name. As the whole `model` its options stand there: "
        + "`model: {inputs: …, layers: …, outputs: …}`."
    ) { options in
      let inputs = options.value(
        "inputs", .list(.layerName), default: [PortName.input],
        "the names of the inputs, as the data name them; the main one first")
      let entries = options.required(
        "layers", .graphEntries, "the layers; each may have a `name` and read others (`from`)")
      let last = entries.last?.name ?? PortName.output
      let outputs = options.value(
        "outputs", .list(.layerName), default: [last], shownAs: "the last layer",
        "the names of the layers that are outputs; the main one first")
      options.checkLinks(inputs, entries, outputs)
      return { LayerGraph(inputs: inputs, entries.map(\.layerEntry), outputs: outputs) }
    },
    Row(
      "encoder_decoder",
      "Sequence to sequence: the encoder reads the source, and the decoder predicts each "
        + "next token of the target and may attend to the encoder's output. For pairs of "
        + "texts."
    ) { options in
      let encoder = options.required("encoder", .layers, "the layers that read the source sequence")
      let decoder = options.required(
        "decoder", .layers, "the layers that read the target sequence so far")
      return {
        EncoderDecoder(
          encoder: Sequential(encoder.map { $0.build() }),
          decoder: Sequential(decoder.map { $0.build() }))
      }
    },
  ]

  private static let weighted: [Row] = [
    Row(
      "linear", aliases: ["dense"],
      "y = x·Wᵀ + b, as `nn.Linear`. Input [N, features] or [N, T, features]."
    ) { options in
      let outFeatures = options.required(
        "out_features", .integerOrVocabulary,
        "the number of outputs; `vocabulary` is the number of different tokens")
      let bias = options.value("bias", .bool, default: true, "whether a bias is added")
      let initializers = options.initializers(bias: bias)
      return {
        Dense(
          outFeatures, bias: bias, weightInitializer: initializers.weight(),
          biasInitializer: initializers.bias())
      }
    },
    Row("conv2d", "2D convolution, as `nn.Conv2d`. Input [N, C, H, W].") { options in
      let outChannels = options.required("out_channels", .integer(1...), "the number of filters")
      let kernelSize = options.required(
        "kernel_size", .heightAndWidth(1...), "the size of the filters")
      let stride = options.value(
        "stride", .heightAndWidth(1...), default: 1, "the step between windows")
      let padding = options.value(
        "padding", .padding, default: 0,
        "rows and columns of zeros on each side; `same` keeps height and width, `valid` is 0")
      let dilation = options.value(
        "dilation", .heightAndWidth(1...), default: 1,
        "the distance between neighbouring elements of a filter")
      let groups = options.value(
        "groups", .integer(1...), default: 1,
        "the number of groups of channels that are convolved separately")
      let bias = options.value("bias", .bool, default: true, "whether a bias is added")
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
    Row(
      "rnn",
      "The Elman network h = tanh(W·x + b + U·h + c), as `nn.RNN` with "
        + "`batch_first=True`. Input [N, T, features]."
    ) { options in
      let shared = options.recurrent()
      let nonlinearity = options.value(
        "nonlinearity", .choice(RNN.Nonlinearity.allCases.map { ($0.rawValue, $0) }),
        default: .tanh, "the activation")
      return { RNN(shared, nonlinearity: nonlinearity) }
    },
    Row(
      "lstm",
      "Long short-term memory, as `nn.LSTM` with `batch_first=True`. Input [N, T, features]."
    ) { options in
      let shared = options.recurrent()
      let projection = options.value(
        "proj_size", .integer(0...), default: 0,
        "the size to which outputs are projected; 0: no projection")
      options.check(
        projection < shared.hiddenSize, on: "proj_size",
        "`proj_size` (\(projection)) must be smaller than `hidden_size` (\(shared.hiddenSize))")
      return { LSTM(shared, projectionSize: projection == 0 ? nil : projection) }
    },
    Row(
      "gru", "Gated recurrent units, as `nn.GRU` with `batch_first=True`. Input [N, T, features]."
    ) { options in
      let shared = options.recurrent()
      let reset = options.value(
        "reset", .choice(GRUReset.allCases.map { ($0.rawValue, $0) }), default: .after,
        "whether the reset gate is applied `after` the matrix product, as in PyTorch, or "
          + "`before` it, as published"
      )
      return { GRU(shared, reset: reset) }
    },
  ]

  private static let pooling: [Row] = [
    Row(
      "max_pool2d",
      "The maximum of each window of each channel, as `nn.MaxPool2d`. Input [N, C, H, W]."
    ) { options in
      let (kernelSize, stride, padding) = options.window()
      let dilation = options.value(
        "dilation", .heightAndWidth(1...), default: 1,
        "the distance between neighbouring elements of a window")
      let ceilMode = options.value(
        "ceil_mode", .bool, default: false, "whether the output size is rounded up instead of down")
      return {
        MaxPool2D(
          kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
      }
    },
    Row(
      "avg_pool2d",
      "The mean of each window of each channel, as `nn.AvgPool2d`. Input [N, C, H, W]."
    ) { options in
      let (kernelSize, stride, padding) = options.window()
      let ceilMode = options.value(
        "ceil_mode", .bool, default: false, "whether the output size is rounded up instead of down")
      let countIncludePad = options.value(
        "count_include_pad", .bool, default: true,
        "whether the mean includes the zeros of the padding")
      let divisor = options.optional(
        "divisor_override", .integer(1...),
        "the divisor of the sums, in place of the size of the window")
      return {
        AvgPool2D(
          kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
          countIncludePad: countIncludePad, divisorOverride: divisor)
      }
    },
    Row(
      "adaptive_avg_pool2d",
      "The mean of windows chosen so that the output has a given size, as `nn.AdaptiveAvgPool2d`."
    ) { options in
      let size = options.required(
        "output_size", .list(OptionKind<Int>.integer(1...).orNull, count: 1...2),
        "height and width of the output, or one number for both; null keeps that of the input")
      return { AdaptiveAvgPool2D(height: size[0], width: size[size.count - 1]) }
    },
    Row("global_avg_pool2d", "The mean of each channel: [N, C, H, W] becomes [N, C].") { _ in
      { GlobalAvgPool2D() }
    },
    Row(
      "pool_steps",
      "The mean, sum or maximum of the valid steps of each sequence: [N, T, C] becomes [N, C]. After "
        + "an embedding as `nn.EmbeddingBag`."
    ) { options in
      let mode = options.value(
        "mode", .choice(StepPooling.Mode.allCases.map { ($0.rawValue, $0) }), default: .mean,
        "what is computed of the steps")
      return { StepPooling(mode) }
    },
  ]

  private static let normalization: [Row] = [
    Row(
      "batch_norm1d",
      "(x − mean)/√(variance + eps)·weight + bias of each channel over the batch, as "
        + "`nn.BatchNorm1d`. Input [N, C] or [N, C, L]."
    ) { options in
      let batchNorm = options.batchNorm()
      return { BatchNorm1D(batchNorm) }
    },
    Row(
      "batch_norm2d",
      "Batch normalization of each channel of images, as `nn.BatchNorm2d`. Input [N, C, H, W]."
    ) { options in
      let batchNorm = options.batchNorm()
      return { BatchNorm2D(batchNorm) }
    },
    Row(
      "layer_norm",
      "(x − mean)/√(variance + eps)·weight + bias over the last axes of each example, as "
        + "`nn.LayerNorm`."
    ) { options in
      let shape = options.optional(
        "normalized_shape", .list(.integer(1...)),
        "the sizes of the axes to normalize over; null: the last axis")
      let epsilon = options.value(
        "eps", .number(.positive), default: 1e-5, "the number that is added to the variance")
      let affine = options.value(
        "elementwise_affine", .bool, default: true, "whether weight and bias are trained")
      let bias = options.value(
        "bias", .bool, default: true, "whether a bias is trained in addition to the weight")
      return { LayerNorm(shape, epsilon: epsilon, elementwiseAffine: affine, bias: bias) }
    },
    Row(
      "dropout",
      "In training, sets each element to 0 with probability p and scales the others by "
        + "1/(1 − p), as `nn.Dropout`."
    ) { options in
      let probability = options.value(
        "p", .number(.probability), default: 0.5, "the probability that an element is set to 0")
      return { Dropout(probability) }
    },
  ]

  private static let shape: [Row] = [
    Row(
      "flatten",
      "Flattens adjacent axes into one, as `nn.Flatten`: [N, C, H, W] becomes [N, C·H·W]."
    ) { options in
      let start = options.value("start_dim", .integer, default: 1, "the first axis to flatten")
      let end = options.value(
        "end_dim", .integer, default: -1,
        "the last axis to flatten; negative numbers count from the end")
      options.check(start != 0, on: "start_dim", "axis 0 is the batch axis")
      return { Flatten(startDim: start, endDim: end) }
    },
    Row("reshape", "Reshapes each example: `reshape: [28, 28]` turns [N, 784] into [N, 28, 28].") {
      options in
      let shape = options.required(
        "shape", .list(.integer((-1)...)),
        "the shape of an example, without the batch axis; one size may be -1 and follows "
          + "from the others"
      )
      options.check(!shape.contains(0), on: "shape", "`shape` may contain integers ≥ 1 and -1")
      options.check(
        shape.filter { $0 == -1 }.count <= 1, on: "shape", "`shape` may contain -1 at most once")
      return { Reshape(shape) }
    },
  ]
}

extension OptionReader {
  /// The initializers of weight and bias; PyTorch's default if null.
  fileprivate func initializers(
    bias hasBias: Bool
  ) -> (weight: () -> Initializer, bias: () -> Initializer) {
    let weight = optional(
      "weight_init", .initializer,
      "the initial weights; null: PyTorch's default, uniform in ±1/√fan_in")
    let bias = optional(
      "bias_init", .initializer,
      "the initial biases; null: PyTorch's default, uniform in ±1/√fan_in")
    check(
      hasBias || bias == nil, on: "bias_init",
      "`bias_init` has no bias to initialize; `bias` is false")
    return ({ weight?.build() ?? .layerDefault }, { bias?.build() ?? .layerDefault })
  }

  /// The options of all recurrent layers.
  fileprivate func recurrent() -> RecurrentOptions {
    let hiddenSize = required(
      "hidden_size", .integer(1...), "the number of units of each layer and direction")
    let layers = layerCount(default: 1)
    let bias = value("bias", .bool, default: true, "whether biases are trained")
    let dropout = value(
      "dropout", .number(.probability), default: 0, "the dropout probability between stacked layers"
    )
    let bidirectional = value(
      "bidirectional", .bool, default: false,
      "whether a second network reads the steps backwards; the outputs of both are concatenated")
    let returns = value(
      "return", .choice(SequenceResult.allCases.map { ($0.rawValue, $0) }), default: .all,
      "the output of every step, [N, T, outputs], or of each sequence's last step, [N, outputs]")
    let start = value(
      "start", .choice(RecurrentStart.allCases.map { ($0.rawValue, $0) }), default: .zeros,
      "the initial states: zeros, or in a decoder the final states of the encoder")
    check(
      dropout == 0 || layers > 1, on: "dropout",
      "`dropout` applies between layers, and there is only one")
    return RecurrentOptions(
      hiddenSize: hiddenSize, layerCount: layers, bias: bias, dropout: dropout,
      bidirectional: bidirectional, returns: returns, start: start)
  }

  /// The window of a pooling layer.
  fileprivate func window() -> (kernelSize: Size2D, stride: Size2D, padding: Size2D) {
    let kernelSize = required("kernel_size", .heightAndWidth(1...), "the size of the window")
    let stride = value(
      "stride", .heightAndWidth(1...), default: kernelSize, shownAs: "`kernel_size`",
      "the step between windows")
    let padding = value(
      "padding", .heightAndWidth(0...), default: 0,
      "rows and columns on each side, which never are the maximum and count as 0 in a "
        + "mean; at most half of `kernel_size`"
    )
    check(
      2 * padding.height <= kernelSize.height && 2 * padding.width <= kernelSize.width,
      on: "padding", "`padding` must be at most half of `kernel_size`")
    return (kernelSize, stride, padding)
  }

  /// The options of both batch normalisations.
  fileprivate func batchNorm() -> BatchNormOptions {
    BatchNormOptions(
      epsilon: value(
        "eps", .number(.positive), default: 1e-5, "the number that is added to the variance"),
      momentum: optional(
        "momentum", .number(.probability), default: 0.1,
        "the weight of the batch in the running statistics; null: their cumulative mean"),
      affine: value("affine", .bool, default: true, "whether weight and bias are trained"),
      trackRunningStats: value(
        "track_running_stats", .bool, default: true,
        "whether running statistics are kept, which evaluation uses"))
  }
}
