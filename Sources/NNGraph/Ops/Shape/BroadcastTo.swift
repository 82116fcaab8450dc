public import NNCore

/// The input broadcast to a larger shape as in NumPy.
struct BroadcastTo: StridedViewOp {
  static let name = "broadcastTo"
  let shape: Shape
  var attributes: Attributes { ["shape": .ints(shape.dimensions)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].shape.broadcast(with: shape) == shape else {
      throw OpError("\(inputs[0].shape) cannot be broadcast to \(shape)")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  // `Graph.gradients` sums the gradient over broadcast axes.
  func gradient(_ context: GradientContext) -> [Value?] { [context.cotangent] }

  func strides(input: TensorType, output: TensorType) -> [Int] {
    ElementwiseProgram.Operand(broadcasting: input.shape, to: output.shape).strides
  }
}

extension Value {
  /// This value broadcast to a larger shape as in NumPy.
  public func broadcast(to shape: Shape) -> Value {
    shape == self.shape && !isPoisoned ? self : BroadcastTo(shape: shape).apply(self)
  }
}
