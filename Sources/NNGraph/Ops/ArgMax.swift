import NNCore
import NNKernels

/// Where the largest element along an axis is, as int32; the first of equals, NaN counts as largest.
struct ArgMax: Op {
  static let name = "argMax"
  let axis: Int

  var attributes: String { "axis=\(axis)" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype.isFloatingPoint else {
      throw OpError("argMax takes float32 or float64, gets \(inputs[0].dtype)")
    }
    guard try AxisView("argMax", inputs[0].shape, axis: axis).count > 0 else {
      throw OpError("argMax along axis \(axis) of \(inputs[0].shape): there is nothing to choose")
    }
    return [TensorType(inputs[0].shape.removing(axis: axis), .int32)]
  }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }

  func prepare(_ context: KernelContext) -> Kernel {
    let source = context.inputs[0]
    let target = context.outputs[0].pointer(as: Int32.self)
    let loops = context.loops
    let view = AxisView(source.type.shape, axis: axis)
    let step = view.count * view.inner * source.type.dtype.byteCount
    return view.kernel { outer in
      loops.pointee.argmax(
        target + outer.lowerBound * view.inner, source.address + outer.lowerBound * step,
        outer.count, view.count, view.inner)
    }
  }
}

extension Value {
  /// Where along an axis, the last by default, the largest element is, as int32; has no gradient.
  ///
  /// The first of equals; NaN counts as largest.
  public func argMax(axis: Int = -1) -> Value { ArgMax(axis: fromFront(axis)).apply(self) }
}
