import NNCore

/// The axes permuted: axis i of the output is axis `order[i]` of the input.
struct Permute: StridedViewOp {
  static let name = "permute"
  let order: [Int]
  var attributes: Attributes { ["order": .ints(order)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let shape = inputs[0].shape
    guard order.sorted() == Array(0..<shape.rank) else {
      throw OpError("\(order) is not a permutation of the \(shape.rank) axes of \(shape)")
    }
    return [TensorType(Shape(order.map { shape[$0] }), inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    var inverse = order
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    return [context.cotangent.permuted(inverse)]
  }

  func strides(input: TensorType, output: TensorType) -> [Int] {
    let strides = input.shape.strides
    return order.map { strides[$0] }
  }
}

extension Value {
  /// The axes permuted: axis i of the result is axis `order[i]` of this value.
  public func permuted(_ order: [Int]) -> Value {
    order == Array(order.indices) && order.count == shape.rank
      ? self : Permute(order: order).apply(self)
  }

  /// The transpose of a matrix; for more than two axes, the last two are swapped.
  public func transposed() -> Value {
    guard shape.rank >= 2 else { return graph.report("transposed() needs two axes, got \(shape)") }
    var order = Array(0..<shape.rank)
    order.swapAt(shape.rank - 1, shape.rank - 2)
    return permuted(order)
  }
}
