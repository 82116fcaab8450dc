import NNCore
import NNKernels

/// The options of a layer norm and its gradient.
package struct LayerNormConfiguration: Hashable, Sendable {
  /// The number of last axes that are normalized together, as a row.
  let axes: Int
  /// ε, added to the variance.
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool

  /// Creates a configuration from its options.
  package init(axes: Int, epsilon: Double, hasWeight: Bool, hasBias: Bool) {
    self.axes = axes
    self.epsilon = epsilon
    self.hasWeight = hasWeight
    self.hasBias = hasBias
  }

  /// The number of inputs: x and, if present, weight and bias.
  var inputCount: Int { 1 + (hasWeight ? 1 : 0) + (hasBias ? 1 : 0) }

  var attributes: Attributes { ["axes": .int(axes), "epsilon": .double(epsilon)] }

  /// The number of elements of a row.
  func length(_ shape: Shape) -> Int { shape.dimensions.suffix(axes).saturatingProduct }

  /// The type of the statistics of the rows.
  ///
  /// - Throws: `OpError` for inconsistent inputs.
  func statistics(_ inputs: [TensorType]) throws(OpError) -> TensorType {
    let input = inputs[0]
    guard input.dtype.isFloatingPoint else {
      throw OpError("a layer norm takes float32 or float64, not \(input.dtype)")
    }
    guard (1...max(1, input.shape.rank)).contains(axes), input.shape.rank >= axes,
      length(input.shape) > 0
    else { throw OpError("a layer norm over \(axes) axes of a tensor of shape \(input.shape)") }
    let row = TensorType(Shape(Array(input.shape.dimensions.suffix(axes))), input.dtype)
    for parameter in inputs[1..<inputCount] where parameter != row {
      throw OpError("a layer norm's weight and bias are \(row), not \(parameter)")
    }
    let kept = input.shape.dimensions.dropLast(axes) + [Int](repeating: 1, count: axes)
    return TensorType(Shape(Array(kept)), input.dtype)
  }

  /// The arguments of the C loops.
  func norm(_ inputs: [Buffer]) -> nn_layer_norm {
    nn_layer_norm(
      input: inputs[0].address, weight: hasWeight ? inputs[1].address : nil,
      bias: hasBias ? inputs[2].address : nil, length: length(inputs[0].type.shape),
      epsilon: epsilon)
  }
}

extension Value {
  /// Layer normalization (x − mean)/√(variance + ε)·weight + bias, with mean and biased variance
  /// over the last axes. It has no second derivatives.
  ///
  /// - Parameters:
  ///   - axes: The number of last axes.
  ///   - epsilon: ε.
  ///   - weight: Of the shape of these axes; nil for ones.
  ///   - bias: Of the shape of these axes, and only with a weight; nil for zeros.
  package func layerNorm(
    overLast axes: Int, epsilon: Double, weight: Value? = nil, bias: Value? = nil
  ) -> Value {
    let configuration = LayerNormConfiguration(
      axes: axes, epsilon: epsilon, hasWeight: weight != nil,
      hasBias: weight != nil && bias != nil)
    let parameters = [weight, weight == nil ? nil : bias].compactMap(\.self)
    return configuration.outputs([self] + parameters)[0]
  }
}
