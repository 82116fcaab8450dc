import NNCore
import NNKernels

/// Reorders the rows of a tensor [N, …]; a row may occur several times.
///
/// Inputs: the tensor, the int32 [N] source row of each row and, if `isPartial`, an int32 [1]
/// count: positions of the second axis from there on are unchanged. Rows from outside 0..<N are
/// zeros.
struct PermuteRows: KernelOp {
  static let name = "permuteRows"
  /// Whether only the first positions of the second axis are reordered.
  let isPartial: Bool
  var inPlaceInput: Int? { 0 }

  var attributes: Attributes { ["partial": .bool(isPartial)] }

  /// Bytes of a row that are moved at a time; those of all rows should fit the L2 cache.
  private static let pieceByteCount = 2048

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (tensor, order) = (inputs[0], inputs[1])
    guard tensor.dtype.isFloatingPoint, tensor.shape.rank >= (isPartial ? 2 : 1) else {
      throw OpError(
        "permuteRows takes float rows \(isPartial ? "[N, L, …]" : "[N, …]"), gets \(tensor)")
    }
    guard order == TensorType([tensor.shape[0]], .int32) else {
      throw OpError("permuteRows takes an int32[\(tensor.shape[0])] order, gets \(order)")
    }
    guard !isPartial || inputs[2] == TensorType([1], .int32) else {
      throw OpError("permuteRows takes an int32[1] count, gets \(inputs[2])")
    }
    return [tensor]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    context.undefined("permuteRows has no gradient", hint: "use it for states of generation only")
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    inputs[0].shape[0] * Self.pieceByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let order = context.inputs[1].pointer(as: Int32.self)
    let count = isPartial ? context.inputs[2].pointer(as: Int32.self) : nil
    let (rows, positions) = (source.type.shape[0], isPartial ? source.type.shape[1] : 1)
    guard source.type.shape.elementCount > 0 else { return .nothing }
    let pitch = source.type.byteCount / rows
    let piece = Self.pieceByteCount
    let isInPlace = source.address == target.address
    return .parallel((pitch + piece - 1) / piece) { chunk, worker in
      let used = count.map { max(0, min(positions, Int($0[0]))) * (pitch / positions) } ?? pitch
      let columns = chunk * piece..<min(pitch, (chunk + 1) * piece)
      let moved = columns.clamped(to: 0..<used).count
      let stage = context.scratch + worker * rows * piece
      // All of a piece is read before any of it is overwritten.
      for row in 0..<rows {
        let from = Int(order[row])
        guard moved > 0, !isInPlace || from != row else { continue }
        guard (0..<rows).contains(from) else {
          (stage + row * piece).initializeMemory(as: UInt8.self, repeating: 0, count: moved)
          continue
        }
        (stage + row * piece).copyMemory(
          from: source.address + from * pitch + columns.lowerBound, byteCount: moved)
      }
      for row in 0..<rows where !isInPlace || Int(order[row]) != row {
        let start = row * pitch + columns.lowerBound
        (target.address + start).copyMemory(from: stage + row * piece, byteCount: moved)
        guard !isInPlace else { continue }
        (target.address + start + moved).copyMemory(
          from: source.address + start + moved, byteCount: columns.count - moved)
      }
    }
  }
}

extension Value {
  /// Reorders the rows of this tensor [N, …].
  ///
  /// Where the result updates the variable that it is computed from, this runs in place and rows
  /// that keep their position are not touched. Has no gradient.
  ///
  /// - Parameters:
  ///   - order: int32 [N], the source row of each row; rows from outside 0..<N become zeros.
  ///   - count: int32 [1], the number of positions of the second axis to reorder; the others are
  ///     unchanged. Nil for all.
  public func permuteRows(_ order: Value, first count: Value? = nil) -> Value {
    let op = PermuteRows(isPartial: count != nil)
    guard let count else { return op.apply(self, order) }
    return op.apply(self, order, count)
  }
}
