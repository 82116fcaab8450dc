import NNCore

/// Tensors concatenated along one axis.
struct Concat: KernelOp {
  static let name = "concat"
  let axis: Int

  var attributes: Attributes { ["axis": .int(axis)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    var extent = 0
    for input in inputs {
      _ = try AxisView("concat", input.shape, axis: axis)
      guard input.dtype == inputs[0].dtype, input.shape.rank == inputs[0].shape.rank,
        input.shape.removing(axis: axis) == inputs[0].shape.removing(axis: axis)
      else {
        throw OpError(
          "concat along axis \(axis) of \(inputs[0]) and \(input): all other axes must be equal")
      }
      extent += input.shape[axis]
    }
    return [TensorType(inputs[0].shape.replacing(axis: axis, with: extent), inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    var start = 0
    return context.inputs.map { input in
      let end = start + input.shape[axis]
      defer { start = end }
      return context.cotangent.narrowed(to: start..<end, axis: axis)
    }
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let target = context.outputs[0]
    let whole = AxisView(target.type.shape, axis: axis)
    let unit = whole.inner * target.type.dtype.byteCount
    var start = 0
    let parts = context.inputs.map { input in
      defer { start += input.type.shape[axis] * unit }
      return (source: input.address, bytes: input.type.shape[axis] * unit, start: start)
    }
    return whole.kernel { outer in
      for row in outer {
        for part in parts {
          (target.address + row * whole.count * unit + part.start)
            .copyMemory(from: part.source + row * part.bytes, byteCount: part.bytes)
        }
      }
    }
  }
}

extension Value {
  /// Concatenates tensors along an axis; their other axes and element types must be equal.
  ///
  /// - Parameters:
  ///   - values: At least one.
  ///   - axis: Negative ones count from the end.
  public static func concatenated(_ values: [Value], axis: Int) -> Value {
    precondition(!values.isEmpty, "concatenated needs at least one value")
    return values.count == 1
      ? values[0] : values[0].graph.add(Concat(axis: values[0].fromFront(axis)), values)[0]
  }
}
