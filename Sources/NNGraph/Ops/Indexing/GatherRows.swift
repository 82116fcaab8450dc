import NNCore
import NNKernels

/// Gathers rows of a table by int32 indices (embedding lookup); zeros where an index is out of
/// range.
struct GatherRows: KernelOp {
  static let name = "gatherRows"
  /// The row whose gradient is defined as 0 (PyTorch's `padding_idx`); nil for none.
  let paddingRow: Int?

  var attributes: Attributes { paddingRow.map { ["paddingRow": .int($0)] } ?? [:] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (table, index) = (inputs[0], inputs[1])
    guard table.dtype.isFloatingPoint, table.shape.rank == 2 else {
      throw OpError("gatherRows takes rows of a float32 or float64 table [V, D], gets \(table)")
    }
    guard index.dtype == .int32 else {
      throw OpError("gatherRows takes int32 indices, gets \(index.dtype)")
    }
    return [TensorType(Shape(index.shape.dimensions + [table.shape[1]]), table.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      context.cotangent.scatterAddRows(
        context.inputs[1], count: context.inputs[0].shape[0], paddingRow: paddingRow), nil,
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (table, target) = (context.inputs[0], context.outputs[0])
    let index = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let (rows, length) = (table.type.shape[0], table.type.shape[1])
    let pitch = length * table.type.dtype.byteCount
    return .elements(context.inputs[1].count, grain: max(1, 16384 / max(1, length))) { range, _ in
      loops.pointee.gather_rows(
        target.address + range.lowerBound * pitch, table.address, index + range.lowerBound,
        range.count, rows, length)
    }
  }
}

/// Adds rows to the rows of a table of zeros at int32 indices: the adjoint of `GatherRows`.
struct ScatterAddRows: KernelOp {
  static let name = "scatterAddRows"
  /// Rows of the table.
  let count: Int
  /// The row that stays 0; nil for none.
  let paddingRow: Int?

  var attributes: Attributes {
    ["count": .int(count)] + (paddingRow.map { ["paddingRow": .int($0)] } ?? [:])
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (source, index) = (inputs[0], inputs[1])
    guard source.dtype.isFloatingPoint, source.shape.rank >= 1, count >= 0 else {
      throw OpError("scatterAddRows takes float32 or float64 rows, gets \(source)")
    }
    guard index == TensorType(Shape(Array(source.shape.dimensions.dropLast())), .int32) else {
      throw OpError(
        "scatterAddRows needs an int32 index for each row of \(source.shape), gets \(index)")
    }
    return [TensorType([count, source.shape[-1]], source.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let cotangent = context.cotangent
    let gathered = GatherRows(paddingRow: nil).apply(cotangent, context.inputs[1])
    guard let paddingRow else { return [gathered, nil] }
    let isCounted = context.inputs[1].labelMask(notEqualTo: paddingRow, dtype: cotangent.dtype)
    return [isCounted.reshaped(to: Shape(isCounted.shape.dimensions + [1])) * gathered, nil]
  }

  /// Chunks are ranges of columns, so that one thread computes each sum, in the order of the
  /// indices.
  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let index = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let (gathered, length) = (context.inputs[1].count, target.type.shape[1])
    let bytes = source.type.dtype.byteCount
    let work = max(1, gathered + count)
    let grain = max(length / MatrixSplit.chunkLimit, 16384 / work, 1).roundedUp(toMultipleOf: 16)
    return .elements(length, grain: grain) { [count, paddingRow] columns, _ in
      loops.pointee.scatter_add_rows(
        target.address, source.address, index, gathered, count, length, columns.lowerBound,
        columns.upperBound)
      guard let paddingRow, (0..<count).contains(paddingRow) else { return }
      let start = (paddingRow * length + columns.lowerBound) * bytes
      (target.address + start).initializeMemory(
        as: UInt8.self, repeating: 0, count: columns.count * bytes)
    }
  }
}

extension Value {
  /// Gathers rows of this table [V, D] by indices [..] into [.., D] (embedding lookup); zeros where
  /// an index is outside 0..<V.
  ///
  /// - Parameters:
  ///   - indices: int32, of any shape.
  ///   - paddingRow: A row that is not trained: its gradient is 0 (PyTorch's `padding_idx`).
  public func gatherRows(_ indices: Value, paddingRow: Int? = nil) -> Value {
    GatherRows(paddingRow: paddingRow).apply(self, indices)
  }

  /// Adds these rows [.., D] to the rows of a table of zeros [`count`, D] at int32 indices [..].
  ///
  /// - Parameter paddingRow: A row that stays 0; nil for none.
  package func scatterAddRows(_ indices: Value, count: Int, paddingRow: Int?) -> Value {
    ScatterAddRows(count: count, paddingRow: paddingRow).apply(self, indices)
  }
}
