public import NNCore

/// A contiguous part of a flat tensor under a shape of its own: how parameters lie in one block.
struct Slice: ViewOp {
  static let name = "slice"
  let offset: Int
  let shape: Shape
  var attributes: String { "\(offset)..<\(offset + shape.elementCount) as \(shape)" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].shape.rank == 1, offset + shape.elementCount <= inputs[0].shape[0] else {
      throw OpError("slice \(attributes) of a tensor of shape \(inputs[0].shape)")
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
  /// Elements `offset...` of a flat tensor, seen under a shape.
  public func slice(at offset: Int, shape: Shape) -> Value {
    Slice(offset: offset, shape: shape).apply(self)
  }
}
