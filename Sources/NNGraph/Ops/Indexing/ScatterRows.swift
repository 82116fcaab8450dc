import NNCore
import NNKernels

/// Overwrites consecutive rows of a tensor [N, L, C] along the middle axis, starting at a position.
///
/// Inputs: the tensor, the rows [N, T, C] and the int32 [1] position. Rows outside 0..<L are
/// dropped.
struct ScatterRows: KernelOp {
  static let name = "scatterRows"
  var inPlaceInput: Int? { 0 }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (tensor, rows, position) = (inputs[0], inputs[1], inputs[2])
    guard tensor.dtype.isFloatingPoint, tensor.dtype == rows.dtype, tensor.shape.rank == 3,
      rows.shape.rank == 3, tensor.shape[0] == rows.shape[0], tensor.shape[2] == rows.shape[2]
    else {
      throw OpError("scatterRows takes a float tensor [N, L, C] and rows [N, T, C], gets \(inputs)")
    }
    guard position == TensorType([1], .int32) else {
      throw OpError("scatterRows takes an int32[1] position, gets \(position)")
    }
    return [tensor]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    context.undefined("scatterRows has no gradient", hint: "use it for states of generation only")
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (tensor, rows, target) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let position = context.inputs[2].pointer(as: Int32.self)
    let (length, count) = (tensor.type.shape[1], rows.type.shape[1])
    let pitch = tensor.type.shape[2] * tensor.type.dtype.byteCount
    let scatter = Kernel.parallel(tensor.type.shape[0]) { row, _ in
      for step in 0..<count {
        let index = Int(position[0]) + step
        guard (0..<length).contains(index) else { continue }
        (target.address + (row * length + index) * pitch).copyMemory(
          from: rows.address + (row * count + step) * pitch, byteCount: pitch)
      }
    }
    guard target.address != tensor.address else { return scatter }
    let copy = Kernel.parallel(tensor.type.shape[0]) { row, _ in
      let start = row * length * pitch
      (target.address + start).copyMemory(
        from: tensor.address + start, byteCount: length * pitch)
    }
    return copy.then(scatter)
  }
}

extension Value {
  /// Overwrites the rows position ..< position + T of this tensor [N, L, C] with rows [N, T, C].
  ///
  /// Where the result updates the variable that it is computed from, only these rows are written.
  /// Has no gradient.
  ///
  /// - Parameters:
  ///   - rows: The new rows; those outside 0..<L are dropped.
  ///   - position: int32 [1], the index of the first row.
  public func scatterRows(_ rows: Value, at position: Value) -> Value {
    ScatterRows().apply(self, rows, position)
  }
}
