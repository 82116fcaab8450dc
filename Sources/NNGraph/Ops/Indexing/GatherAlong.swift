import NNCore
import NNKernels

/// Gathers one element along an axis for each int32 index; 0 where an index is out of range.
struct GatherAlong: KernelOp {
  static let name = "gatherAlong"
  let axis: Int

  var attributes: Attributes { ["axis": .int(axis)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (source, index) = (inputs[0], inputs[1])
    guard source.dtype.isFloatingPoint else {
      throw OpError("gatherAlong takes float32 or float64, gets \(source.dtype)")
    }
    _ = try AxisView("gatherAlong", source.shape, axis: axis)
    let output = source.shape.removing(axis: axis)
    guard index == TensorType(output, .int32) else {
      throw OpError(
        "gatherAlong axis \(axis) of \(source.shape) needs an index int32\(output), gets \(index)")
    }
    return [TensorType(output, source.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      ScatterAlong(axis: axis, count: context.inputs[0].shape[axis])
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
      loops.pointee.gather_along(
        target.address + row * bytes, source.address + row * view.count * bytes, index + row,
        outer.count, view.count, view.inner)
    }
  }
}

extension Value {
  /// Gathers along `axis` the element at each index; 0 where an index is out of range.
  ///
  /// Like PyTorch's `gather` with one index per position, without the axis in the result.
  ///
  /// - Parameters:
  ///   - index: int32, of this value's shape without the axis, which is the result's shape.
  ///   - axis: The axis; negative ones count from the end.
  public func gather(_ index: Value, along axis: Int) -> Value {
    GatherAlong(axis: fromFront(axis)).apply(self, index)
  }
}
