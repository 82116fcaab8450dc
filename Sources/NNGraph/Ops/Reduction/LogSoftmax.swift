import NNCore
import NNKernels

/// x − ln Σ eˣ along one axis, with the largest element subtracted first.
struct LogSoftmax: KernelOp {
  static let name = "logSoftmax"
  let axis: Int

  var attributes: Attributes { ["axis": .int(axis)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype.isFloatingPoint else {
      throw OpError("logSoftmax takes float32 or float64, gets \(inputs[0].dtype)")
    }
    _ = try AxisView("logSoftmax", inputs[0].shape, axis: axis)
    return inputs
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let total = context.cotangent.sum(axes: [axis], keepDimensions: true)
    return [context.cotangent - context.output.exp() * total]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let loops = context.loops
    let view = AxisView(source.type.shape, axis: axis)
    let step = view.count * view.inner * source.type.dtype.byteCount
    return view.kernel { outer in
      let start = outer.lowerBound * step
      loops.pointee.log_softmax(
        target.address + start, source.address + start, outer.count, view.count, view.inner)
    }
  }
}

extension Value {
  /// The logarithm of softmax along an axis, the last by default, exact for large elements.
  public func logSoftmax(axis: Int = -1) -> Value { LogSoftmax(axis: fromFront(axis)).apply(self) }
}
