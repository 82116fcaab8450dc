import NNCore
import NNKernels

/// A tensor [N, L, C] whose rows from a position on are replaced along the middle axis.
///
/// Inputs: the tensor, the rows [N, T, C] and the int32 [1] position. Rows outside 0..<L go nowhere.
struct PutRows: Op {
  static let name = "putRows"
  var inPlaceInput: Int? { 0 }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (tensor, rows, position) = (inputs[0], inputs[1], inputs[2])
    guard tensor.dtype.isFloatingPoint, tensor.dtype == rows.dtype, tensor.shape.rank == 3,
      rows.shape.rank == 3, tensor.shape[0] == rows.shape[0], tensor.shape[2] == rows.shape[2]
    else {
      throw OpError("putRows takes a float tensor [N, L, C] and rows [N, T, C], gets \(inputs)")
    }
    guard position == TensorType([1], .int32) else {
      throw OpError("putRows takes an int32[1] position, gets \(position)")
    }
    return [tensor]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let refusal = context.output.graph.report(
      "putRows has no gradient", hint: "use it for states of generation only")
    return [refusal, refusal, nil]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (tensor, rows, target) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let position = context.inputs[2].pointer(as: Int32.self)
    let (length, count) = (tensor.type.shape[1], rows.type.shape[1])
    let pitch = tensor.type.shape[2] * tensor.type.dtype.byteCount
    let put = Kernel.parallel(tensor.type.shape[0]) { row, _ in
      for step in 0..<count {
        let place = Int(position[0]) + step
        guard (0..<length).contains(place) else { continue }
        (target.address + (row * length + place) * pitch).copyMemory(
          from: rows.address + (row * count + step) * pitch, byteCount: pitch)
      }
    }
    guard target.address != tensor.address else { return put }
    let copy = Kernel.parallel(tensor.type.shape[0]) { row, _ in
      let start = row * length * pitch
      (target.address + start).copyMemory(
        from: tensor.address + start, byteCount: length * pitch)
    }
    return copy.then(put)
  }
}

extension Value {
  /// This tensor [N, L, C] with rows [N, T, C] in place of those from a position on.
  ///
  /// Where it becomes the new contents of the variable that it is made from, only the rows are
  /// written. Has no gradient.
  ///
  /// - Parameters:
  ///   - rows: What to put; rows that would lie outside are left out.
  ///   - position: int32 [1], the place of the first row.
  public func putRows(_ rows: Value, at position: Value) -> Value {
    PutRows().apply(self, rows, position)
  }
}
