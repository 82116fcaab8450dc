import NNCore
import NNKernels

/// The int32 index of the largest element along an axis; on ties the first, NaN counts as the
/// largest.
struct ArgMax: KernelOp {
  static let name = "argMax"
  let axis: Int

  var attributes: Attributes { ["axis": .int(axis)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype.isFloatingPoint else {
      throw OpError("argMax takes float32 or float64, gets \(inputs[0].dtype)")
    }
    guard try AxisView("argMax", inputs[0].shape, axis: axis).count > 0 else {
      throw OpError("argMax along axis \(axis) of \(inputs[0].shape): the axis is empty")
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
  /// The int32 index of the largest element along an axis, the last by default; has no gradient.
  ///
  /// On ties, the first; NaN counts as the largest.
  public func argMax(axis: Int = -1) -> Value { ArgMax(axis: fromFront(axis)).apply(self) }
}
