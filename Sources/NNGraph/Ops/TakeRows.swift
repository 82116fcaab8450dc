import NNCore
import NNKernels

/// Rows of a table, chosen by int32 indices; zeros where an index is outside.
struct TakeRows: Op {
  static let name = "takeRows"
  /// The row whose gradient is 0 by definition; nil for none.
  let paddingRow: Int?

  var attributes: String { paddingRow.map { "paddingRow=\($0)" } ?? "" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (table, index) = (inputs[0], inputs[1])
    guard table.dtype.isFloatingPoint, table.shape.rank == 2 else {
      throw OpError("takeRows takes rows of a float32 or float64 table [V, D], gets \(table)")
    }
    guard index.dtype == .int32 else {
      throw OpError("takeRows takes int32 indices, gets \(index.dtype)")
    }
    return [TensorType(Shape(index.shape.dimensions + [table.shape[1]]), table.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let rows = AddRows(count: context.inputs[0].shape[0], paddingRow: paddingRow)
    return [rows.apply(context.cotangent, context.inputs[1]), nil]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (table, target) = (context.inputs[0], context.outputs[0])
    let index = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let (rows, length) = (table.type.shape[0], table.type.shape[1])
    let pitch = length * table.type.dtype.byteCount
    return .elements(context.inputs[1].count, grain: max(1, 16384 / max(1, length))) { range, _ in
      loops.pointee.take_rows(
        target.address + range.lowerBound * pitch, table.address, index + range.lowerBound,
        range.count, rows, length)
    }
  }
}

/// The sum of all rows that one index names, at that row of a table of zeros: the adjoint of
/// `TakeRows`.
struct AddRows: Op {
  static let name = "addRows"
  /// Rows of the table.
  let count: Int
  /// The row that stays 0; nil for none.
  let paddingRow: Int?

  var attributes: String {
    "count=\(count)" + (paddingRow.map { ", paddingRow=\($0)" } ?? "")
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (source, index) = (inputs[0], inputs[1])
    guard source.dtype.isFloatingPoint, source.shape.rank >= 1, count >= 0 else {
      throw OpError("addRows takes float32 or float64 rows, gets \(source)")
    }
    guard index == TensorType(Shape(Array(source.shape.dimensions.dropLast())), .int32) else {
      throw OpError("addRows needs an int32 index for each row of \(source.shape), gets \(index)")
    }
    return [TensorType([count, source.shape[-1]], source.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let cotangent = context.cotangent
    let taken = TakeRows(paddingRow: nil).apply(cotangent, context.inputs[1])
    guard let paddingRow else { return [taken, nil] }
    let isCounted = context.inputs[1].labelMask(notEqualTo: paddingRow, dtype: cotangent.dtype)
    return [isCounted.reshaped(to: Shape(isCounted.shape.dimensions + [1])) * taken, nil]
  }

  /// Chunks are columns: so each sum is made by one thread, in the order of the indices.
  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let index = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let (taken, length) = (context.inputs[1].count, target.type.shape[1])
    let bytes = source.type.dtype.byteCount
    let work = max(1, taken + count)
    let grain = max(length / MatrixSplit.chunkLimit, 16384 / work, 1).roundedUp(toMultipleOf: 16)
    return .elements(length, grain: grain) { [count, paddingRow] columns, _ in
      loops.pointee.add_rows(
        target.address, source.address, index, taken, count, length, columns.lowerBound,
        columns.upperBound)
      guard let paddingRow, (0..<count).contains(paddingRow) else { return }
      let start = (paddingRow * length + columns.lowerBound) * bytes
      (target.address + start).initializeMemory(
        as: UInt8.self, repeating: 0, count: columns.count * bytes)
    }
  }
}

extension Value {
  /// Rows of this table [V, D] that int32 indices [..] name, [.., D]; zeros where an index is
  /// outside 0..<V.
  ///
  /// - Parameters:
  ///   - indices: int32, of any shape.
  ///   - paddingRow: A row that is not learnt: its gradient is 0.
  public func takeRows(_ indices: Value, paddingRow: Int? = nil) -> Value {
    TakeRows(paddingRow: paddingRow).apply(self, indices)
  }
}
