import NNCore
import NNKernels

/// One element of each row along an axis, chosen by an int32 index; 0 where the index is outside.
struct TakeAlong: Op {
  static let name = "takeAlong"
  let axis: Int

  var attributes: String { "axis=\(axis)" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (source, index) = (inputs[0], inputs[1])
    guard source.dtype.isFloatingPoint else {
      throw OpError("takeAlong takes float32 or float64, gets \(source.dtype)")
    }
    _ = try AxisView("takeAlong", source.shape, axis: axis)
    let output = source.shape.removing(axis: axis)
    guard index == TensorType(output, .int32) else {
      throw OpError(
        "takeAlong axis \(axis) of \(source.shape) needs an index int32\(output), gets \(index)")
    }
    return [TensorType(output, source.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      PutAlong(axis: axis, count: context.inputs[0].shape[axis])
        .apply(context.cotangent, context.inputs[1]), nil,
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let index = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let view = AxisView(source.type.shape, axis: axis)
    let bytes = source.type.dtype.byteCount
    return view.kernel { outer in
      let row = outer.lowerBound * view.inner
      loops.pointee.take_along(
        target.address + row * bytes, source.address + row * view.count * bytes, index + row,
        outer.count, view.count, view.inner)
    }
  }
}

extension Value {
  /// The element of each row along `axis` that an index names; 0 where it is outside the row.
  ///
  /// - Parameter index: int32, of this value's shape without the axis, which is the result's shape.
  public func takeAlong(_ index: Value, axis: Int) -> Value {
    TakeAlong(axis: fromFront(axis)).apply(self, index)
  }
}
