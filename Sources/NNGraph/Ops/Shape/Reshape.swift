public import NNCore

/// The same elements under another shape.
struct Reshape: ViewOp {
  static let name = "reshape"
  let shape: Shape
  var attributes: Attributes { ["shape": .ints(shape.dimensions)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].shape.elementCount == shape.elementCount else {
      throw OpError(
        "\(inputs[0].shape) (\(inputs[0].shape.elementCount) elements) cannot be reshaped to "
          + "\(shape) (\(shape.elementCount))")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent.reshaped(to: context.inputs[0].shape)]
  }

  func byteOffset(input: TensorType) -> Int { 0 }
}

extension Value {
  /// The same elements under another shape with the same number of elements.
  public func reshaped(to shape: Shape) -> Value {
    shape == self.shape && !isPoisoned ? self : Reshape(shape: shape).apply(self)
  }
}
