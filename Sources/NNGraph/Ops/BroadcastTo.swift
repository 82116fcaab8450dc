public import NNCore

/// The input stretched to a larger shape by NumPy's rule.
struct BroadcastTo: StridedViewOp {
  static let name = "broadcastTo"
  let shape: Shape
  var attributes: String { "\(shape)" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].shape.broadcast(with: shape) == shape else {
      throw OpError("\(inputs[0].shape) cannot be broadcast to \(shape)")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  // The walk that collects gradients sums stretched axes back.
  func gradient(_ context: GradientContext) -> [Value?] { [context.cotangent] }

  func strides(input: TensorType, output: TensorType) -> [Int] {
    ElementwiseProgram.Operand(broadcasting: input.shape, to: output.shape).strides
  }
}

extension Value {
  /// This value stretched to a larger shape by NumPy's rule.
  public func broadcast(to shape: Shape) -> Value {
    shape == self.shape && !isPoisoned ? self : BroadcastTo(shape: shape).apply(self)
  }
}
