import NNCore
import NNKernels

/// What a layer norm and its gradient have in common.
struct LayerNormForm: Hashable {
  /// How many of the last axes are a row.
  let axes: Int
  /// ε, added to the variance.
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool

  /// x, weight and bias, as far as they are given.
  var inputCount: Int { 1 + (hasWeight ? 1 : 0) + (hasBias ? 1 : 0) }

  var attributes: String { "axes=\(axes), epsilon=\(epsilon)" }

  /// Elements of a row.
  func length(_ shape: Shape) -> Int { shape.dimensions.suffix(axes).saturatingProduct }

  /// The type of what is kept of each row.
  ///
  /// - Throws: `OpError` for inputs that do not fit each other.
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

  /// What the loops read.
  func norm(_ inputs: [Buffer]) -> nn_layer_norm {
    nn_layer_norm(
      input: inputs[0].address, weight: hasWeight ? inputs[1].address : nil,
      bias: hasBias ? inputs[2].address : nil, length: length(inputs[0].type.shape),
      epsilon: epsilon)
  }
}

extension Value {
  /// (x − mean)/√(variance + ε)·weight + bias, mean and biased variance over the last axes of each
  /// example. Its gradient has no derivative.
  ///
  /// - Parameters:
  ///   - axes: How many of the last axes.
  ///   - epsilon: ε.
  ///   - weight: Of the shape of these axes; nil for ones.
  ///   - bias: Likewise, and only with a weight; nil for zeros.
  package func layerNorm(
    overLast axes: Int, epsilon: Double, weight: Value? = nil, bias: Value? = nil
  ) -> Value {
    let form = LayerNormForm(
      axes: axes, epsilon: epsilon, hasWeight: weight != nil,
      hasBias: weight != nil && bias != nil)
    let parameters = [weight, weight == nil ? nil : bias].compactMap(\.self)
    return graph.add(LayerNormalization(form: form), [self] + parameters)[0]
  }
}
