import NNCore
import NNKernels

/// Scatters each element into zeros along a new axis, at an int32 index: the adjoint of
/// `GatherAlong`.
struct ScatterAlong: KernelOp {
  static let name = "scatterAlong"
  let axis: Int
  let count: Int

  var attributes: Attributes { ["axis": .int(axis), "count": .int(count)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (source, index) = (inputs[0], inputs[1])
    guard source.dtype.isFloatingPoint else {
      throw OpError("scatterAlong takes float32 or float64, gets \(source.dtype)")
    }
    guard (0...source.shape.rank).contains(axis), count >= 0 else {
      throw OpError(
        "scatterAlong: cannot add an axis \(axis) of extent \(count) to a tensor of \(source.shape)"
      )
    }
    guard index == TensorType(source.shape, .int32) else {
      throw OpError("scatterAlong needs an index int32\(source.shape), gets \(index)")
    }
    var dimensions = source.shape.dimensions
    dimensions.insert(count, at: axis)
    return [TensorType(Shape(dimensions), source.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [GatherAlong(axis: axis).apply(context.cotangent, context.inputs[1]), nil]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let index = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let view = AxisView(target.type.shape, axis: axis)
    let bytes = source.type.dtype.byteCount
    return view.kernel { outer in
      let row = outer.lowerBound * view.inner
      loops.pointee.scatter_along(
        target.address + row * view.count * bytes, source.address + row * bytes, index + row,
        outer.count, view.count, view.inner)
    }
  }
}

extension Value {
  /// Scatters each element into `count` zeros along a new axis, at its index; an element with an
  /// index out of range is dropped.
  ///
  /// - Parameters:
  ///   - index: int32, of this value's shape.
  ///   - axis: The position of the new axis in the result; −1 for the last.
  ///   - count: The new axis's extent.
  public func scatter(_ index: Value, along axis: Int = -1, count: Int) -> Value {
    ScatterAlong(axis: axis < 0 ? axis + shape.rank + 1 : axis, count: count).apply(self, index)
  }
}
