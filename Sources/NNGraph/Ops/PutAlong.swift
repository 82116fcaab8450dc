import NNCore
import NNKernels

/// Each element put into a row of zeros along a new axis, at an int32 index: the adjoint of
/// `TakeAlong`.
struct PutAlong: Op {
  static let name = "putAlong"
  let axis: Int
  let count: Int

  var attributes: String { "axis=\(axis), count=\(count)" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (source, index) = (inputs[0], inputs[1])
    guard source.dtype.isFloatingPoint else {
      throw OpError("putAlong takes float32 or float64, gets \(source.dtype)")
    }
    guard (0...source.shape.rank).contains(axis), count >= 0 else {
      throw OpError("putAlong: a new axis \(axis) of \(count) in a tensor of \(source.shape)")
    }
    guard index == TensorType(source.shape, .int32) else {
      throw OpError("putAlong needs an index int32\(source.shape), gets \(index)")
    }
    var dimensions = source.shape.dimensions
    dimensions.insert(count, at: axis)
    return [TensorType(Shape(dimensions), source.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [TakeAlong(axis: axis).apply(context.cotangent, context.inputs[1]), nil]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let index = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let view = AxisView(target.type.shape, axis: axis)
    let bytes = source.type.dtype.byteCount
    return view.kernel { outer in
      let row = outer.lowerBound * view.inner
      loops.pointee.put_along(
        target.address + row * view.count * bytes, source.address + row * bytes, index + row,
        outer.count, view.count, view.inner)
    }
  }
}

extension Value {
  /// Each element put into `count` zeros along a new axis, at the place that an index names;
  /// nowhere if that is outside.
  ///
  /// - Parameters:
  ///   - index: int32, of this value's shape.
  ///   - axis: Where the new axis stands in the result; −1 puts it last.
  ///   - count: The new axis's extent.
  public func putAlong(_ index: Value, axis: Int = -1, count: Int) -> Value {
    PutAlong(axis: axis < 0 ? axis + shape.rank + 1 : axis, count: count).apply(self, index)
  }
}
