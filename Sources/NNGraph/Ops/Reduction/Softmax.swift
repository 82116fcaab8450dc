import NNCore
import NNKernels

/// eˣ / Σ eˣ along one axis, with the largest element subtracted first.
struct Softmax: KernelOp {
  static let name = "softmax"
  let axis: Int

  var attributes: Attributes { ["axis": .int(axis)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype.isFloatingPoint else {
      throw OpError("softmax takes float32 or float64, gets \(inputs[0].dtype)")
    }
    _ = try AxisView("softmax", inputs[0].shape, axis: axis)
    return inputs
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let weighted = context.output * context.cotangent
    let total = weighted.sum(axes: [axis], keepDimensions: true)
    return [weighted - context.output * total]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let loops = context.loops
    let view = AxisView(source.type.shape, axis: axis)
    let step = view.count * view.inner * source.type.dtype.byteCount
    return view.kernel { outer in
      let start = outer.lowerBound * step
      loops.pointee.softmax(
        target.address + start, source.address + start, outer.count, view.count, view.inner)
    }
  }
}

extension Value {
  /// eˣ / Σ eˣ along an axis, the last by default; NaN if all elements are −∞.
  public func softmax(axis: Int = -1) -> Value { Softmax(axis: fromFront(axis)).apply(self) }
}
