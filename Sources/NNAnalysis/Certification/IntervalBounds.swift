import NNCore
import NNGraph
import NNLayers

/// Lower and upper bounds of every element of a layer's output, over all inputs between two bounds.
///
/// Bounds are computed in Float64 and widened by more than all rounding errors, so that they hold for
/// outputs computed in Float64 in any order of the sums.
///
/// Source: Gowal et al., "On the effectiveness of interval bound propagation for training verifiably
/// robust models", 2018.
struct IntervalBounds {
  /// The lower bounds, [N, …].
  let low: Value
  /// The upper bounds, [N, …].
  let high: Value

  /// The largest relative error of one operation in Float64, with a margin for sums in other orders
  /// and for Winograd's algorithm.
  fileprivate static let unit = 16 * Double.ulpOfOne

  /// The bounds of a layer's output; a layer of which no bounds are known is reported in the graph.
  ///
  /// - Parameters:
  ///   - layer: The layer and its own output, whose shape that of the bounds is.
  ///   - parameters: The parameters of the network by name.
  func after(_ layer: LayerOutput, _ parameters: [String: Value]) -> IntervalBounds {
    let prefix = layer.path.isEmpty ? "" : "\(layer.path)."
    switch layer.layer.unnamed {
    case is Sequential, is Dropout: return self
    case is ReLU, is Flatten: return monotone(in: layer)
    case let leaky as LeakyReLU where leaky.negativeSlope >= 0: return monotone(in: layer).widened()
    case is Tanh, is Sigmoid, is Softplus: return monotone(in: layer).widened()
    case let pool as MaxPool2D:
      return map {
        $0.maxPool2D(
          kernel: pool.kernelSize, stride: pool.stride,
          padding: Padding2D(height: pool.padding.height, width: pool.padding.width),
          dilation: pool.dilation, ceilMode: pool.ceilMode)
      }
    case let pool as AvgPool2D:
      let size = Double(pool.kernelSize.height * pool.kernelSize.width)
      return map { $0.avgPool2D(pool) }.widened(terms: size, by: magnitude.avgPool2D(pool))
    case is Dense:
      guard let weight = parameters["\(prefix)weight"] else { return unknown(layer) }
      return affine(
        weight, bias: parameters["\(prefix)bias"], terms: weight.shape[1]
      ) { $0.matMul($1, transposeB: true) }
    case let convolution as Conv2D:
      guard let weight = parameters["\(prefix)weight"] else { return unknown(layer) }
      let padding = convolution.padding.resolved(
        kernel: convolution.kernelSize, dilation: convolution.dilation)
      let terms = weight.shape.elementCount / weight.shape[0]
      return affine(
        weight, bias: parameters["\(prefix)bias"]?.reshaped(to: [weight.shape[0], 1, 1]),
        terms: terms
      ) {
        $0.conv2D(
          $1, stride: convolution.stride, padding: padding, dilation: convolution.dilation,
          groups: convolution.groups)
      }
    case let norm as BatchNorm1D: return normalised(norm.options, layer, prefix, parameters)
    case let norm as BatchNorm2D: return normalised(norm.options, layer, prefix, parameters)
    default: return unknown(layer)
    }
  }

  /// The bounds of f(x) for an affine f with a matrix A and a bias, from the centre c and the radius r
  /// of the input: A·c + b ± |A|·r.
  private func affine(
    _ weight: Value, bias: Value?, terms: Int, _ apply: (_ input: Value, _ weight: Value) -> Value
  ) -> IntervalBounds {
    let error = Self.unit * Double(terms + 2)
    let centre = (low + high) * 0.5
    let radius = (high - low) * 0.5
    let reach = radius + error * (centre.abs() + radius)
    var middle = apply(centre, weight)
    var spread = apply(reach, weight.abs()) * (1 + error)
    if let bias {
      middle = middle + bias
      spread = spread + error * bias.abs()
    }
    return IntervalBounds(low: middle - spread, high: middle + spread)
  }

  /// Batch normalisation in evaluation: a scale, which may be negative, and a shift for each channel.
  private func normalised(
    _ options: BatchNormOptions, _ layer: LayerOutput, _ prefix: String,
    _ parameters: [String: Value]
  ) -> IntervalBounds {
    guard options.trackRunningStats, !low.isPoisoned else { return unknown(layer) }
    let (graph, channels) = (low.graph, low.shape[1])
    let type = TensorType([channels], low.dtype)
    let mean = graph.variable("\(prefix)running_mean", type)
    let variance = graph.variable("\(prefix)running_var", type)
    let inverse = (variance + options.epsilon).sqrt().reciprocal()
    let column = Shape([channels] + [Int](repeating: 1, count: low.shape.rank - 2))
    let scale = (parameters["\(prefix)weight"].map { $0 * inverse } ?? inverse)
      .reshaped(to: column)
    let moved = mean.reshaped(to: column) * scale
    let shift = parameters["\(prefix)bias"].map { $0.reshaped(to: column) - moved } ?? -moved
    let (one, other) = (low * scale + shift, high * scale + shift)
    return IntervalBounds(low: one.minimum(other), high: one.maximum(other))
      .widened(terms: 4, by: magnitude * scale.abs() + moved.abs() + shift.abs())
  }

  /// The larger magnitude of both bounds.
  private var magnitude: Value { low.abs().maximum(high.abs()) }

  private func map(_ function: (Value) -> Value) -> IntervalBounds {
    IntervalBounds(low: function(low), high: function(high))
  }

  /// The bounds of a function that grows with each input.
  private func monotone(in layer: LayerOutput) -> IntervalBounds {
    if let elementwise = layer.layer.unnamed as? any ElementwiseLayer {
      return map(elementwise.apply)
    }
    return map { $0.isPoisoned ? $0 : $0.reshaped(to: layer.value.shape) }
  }

  /// The bounds with an error of some operations added.
  private func widened(terms: Double = 1, by size: Value? = nil) -> IntervalBounds {
    let error = (size ?? magnitude) * (Self.unit * terms)
    return IntervalBounds(low: low - error, high: high + error)
  }

  private func unknown(_ layer: LayerOutput) -> IntervalBounds {
    let poisoned = low.graph.report(
      "interval bounds are not known for the layer \(layer.label)",
      hint:
        "they exist for chains of dense and convolutional layers, batch normalization, pooling, "
        + "flatten, dropout, relu, leaky_relu, tanh, sigmoid and softplus")
    return IntervalBounds(low: poisoned, high: poisoned)
  }
}

extension Value {
  /// The same pooling as a layer's.
  fileprivate func avgPool2D(_ pool: AvgPool2D) -> Value {
    avgPool2D(
      kernel: pool.kernelSize, stride: pool.stride,
      padding: Padding2D(height: pool.padding.height, width: pool.padding.width),
      ceilMode: pool.ceilMode, countIncludePad: pool.countIncludePad,
      divisorOverride: pool.divisorOverride)
  }
}

extension IntervalBounds {
  /// Lower bounds of the output of each example's label minus every output, [N, classes].
  ///
  /// A dense last layer is merged with the difference, whose bounds are tighter than the difference of
  /// bounds.
  ///
  /// - Parameters:
  ///   - last: The last layer, whose inputs these bounds are.
  ///   - parameters: The parameters of the network by name.
  ///   - labels: int32 [N].
  ///   - outputs: The bounds of the last layer's outputs.
  func margins(
    through last: LayerOutput?, _ parameters: [String: Value], labels: Value,
    outputs: IntervalBounds
  ) -> Value {
    let count = labels.shape[0]
    guard let last, last.layer.unnamed is Dense, low.shape.rank == 2,
      let weight = parameters[last.path.isEmpty ? "weight" : "\(last.path).weight"]
    else {
      return outputs.low.gather(labels, along: 1).reshaped(to: [count, 1]) - outputs.high
    }
    let (classes, width) = (weight.shape[0], weight.shape[1])
    // [N, classes, width]: the weights of the label minus those of each class.
    let difference =
      weight.gatherRows(labels).reshaped(to: [count, 1, width])
      - weight.reshaped(to: [1, classes, width])
    let error = Self.unit * Double(width + 3)
    let centre = ((low + high) * 0.5).reshaped(to: [count, 1, width])
    let radius = ((high - low) * 0.5).reshaped(to: [count, 1, width])
    let sizes =
      weight.gatherRows(labels).abs().reshaped(to: [count, 1, width])
      + weight.abs().reshaped(to: [1, classes, width])
    var margins = (difference * centre).sum(axes: [2])
    // The difference of weights is rounded, too, so its error is that of both.
    let spread =
      (difference.abs() * radius + error * sizes * (centre.abs() + radius)).sum(axes: [2])
    if let bias = parameters[last.path.isEmpty ? "bias" : "\(last.path).bias"] {
      let own = bias.reshaped(to: [classes, 1]).gatherRows(labels)
      margins = margins + (own - bias.reshaped(to: [1, classes]))
      return margins - spread * (1 + error)
        - error * (own.abs() + bias.abs().reshaped(to: [1, classes]))
    }
    return margins - spread * (1 + error)
  }
}
