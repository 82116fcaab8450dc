public import NNCore

/// A contiguous part of a flat tensor viewed under a shape, such as a parameter in the flat
/// variable of all parameters.
struct Slice: ViewOp {
  static let name = "slice"
  let offset: Int
  let shape: Shape
  var attributes: Attributes { ["offset": .int(offset), "shape": .ints(shape.dimensions)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].shape.rank == 1, offset + shape.elementCount <= inputs[0].shape[0] else {
      throw OpError(
        "slice \(offset)..<\(offset + shape.elementCount) as \(shape) of a tensor of shape "
          + "\(inputs[0].shape)")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      context.inputs[0].graph.pack(
        [context.cotangent], offsets: [offset], count: context.inputs[0].shape[0])
    ]
  }

  func byteOffset(input: TensorType) -> Int { offset * input.dtype.byteCount }
}

extension Value {
  /// The elements of this flat tensor from `offset` on, viewed under a shape.
  public func slice(at offset: Int, shape: Shape) -> Value {
    Slice(offset: offset, shape: shape).apply(self)
  }
}
