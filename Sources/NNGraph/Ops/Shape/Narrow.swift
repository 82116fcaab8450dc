import NNCore

/// A range of the elements along an axis.
struct Narrow: KernelOp {
  static let name = "narrow"
  let axis: Int
  let range: Range<Int>

  var attributes: Attributes {
    ["axis": .int(axis), "start": .int(range.lowerBound), "end": .int(range.upperBound)]
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let view = try AxisView("narrow", inputs[0].shape, axis: axis)
    guard range.lowerBound >= 0, range.upperBound <= view.count else {
      throw OpError("narrow to \(range) along axis \(axis) of \(inputs[0].shape)")
    }
    return [TensorType(inputs[0].shape.replacing(axis: axis, with: range.count), inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let shape = context.inputs[0].shape
    let zero = context.cotangent.scalar(0)
    let before = zero.broadcast(to: shape.replacing(axis: axis, with: range.lowerBound))
    let after = zero.broadcast(
      to: shape.replacing(axis: axis, with: shape[axis] - range.upperBound))
    let parts = [before, context.cotangent, after].filter { $0.shape[axis] > 0 }
    return [parts.isEmpty ? context.cotangent : .concatenated(parts, axis: axis)]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let view = AxisView(source.type.shape, axis: axis)
    let unit = view.inner * source.type.dtype.byteCount
    let bytes = range.count * unit
    let start = range.lowerBound * unit
    return view.kernel { outer in
      for row in outer {
        (target.address + row * bytes)
          .copyMemory(from: source.address + row * view.count * unit + start, byteCount: bytes)
      }
    }
  }
}

extension Value {
  /// The elements of this value whose index along `axis` is in `range` (PyTorch's `narrow`).
  public func narrowed(to range: Range<Int>, axis: Int) -> Value {
    Narrow(axis: fromFront(axis), range: range).apply(self)
  }
}
