import NNCore
import NNKernels

/// The rows of a tensor [N, …] in another order, in which one may stand several times.
///
/// Inputs: the tensor, the int32 [N] row that each is to be and, where `isPartial`, an int32 [1]
/// count: places of the second axis from there on stay as they are. Rows outside 0..<N are zeros.
struct ReorderRows: Op {
  static let name = "reorderRows"
  /// Whether only the first places of the second axis move.
  let isPartial: Bool
  var inPlaceInput: Int? { 0 }

  var attributes: String { isPartial ? "partial" : "" }

  /// Bytes of a row that are moved at a time; those of all rows should fit the second cache.
  private static let pieceByteCount = 2048

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (tensor, order) = (inputs[0], inputs[1])
    guard tensor.dtype.isFloatingPoint, tensor.shape.rank >= (isPartial ? 2 : 1) else {
      throw OpError(
        "reorderRows takes float rows \(isPartial ? "[N, L, …]" : "[N, …]"), gets \(tensor)")
    }
    guard order == TensorType([tensor.shape[0]], .int32) else {
      throw OpError("reorderRows takes an int32[\(tensor.shape[0])] order, gets \(order)")
    }
    guard !isPartial || inputs[2] == TensorType([1], .int32) else {
      throw OpError("reorderRows takes an int32[1] count, gets \(inputs[2])")
    }
    return [tensor]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let refusal = context.output.graph.report(
      "reorderRows has no gradient", hint: "use it for states of generation only")
    return [refusal] + context.inputs.dropFirst().map { _ in nil }
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    inputs[0].shape[0] * Self.pieceByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let order = context.inputs[1].pointer(as: Int32.self)
    let count = isPartial ? context.inputs[2].pointer(as: Int32.self) : nil
    let (rows, places) = (source.type.shape[0], isPartial ? source.type.shape[1] : 1)
    guard source.type.shape.elementCount > 0 else { return .nothing }
    let pitch = source.type.byteCount / rows
    let piece = Self.pieceByteCount
    let isInPlace = source.address == target.address
    return .parallel((pitch + piece - 1) / piece) { chunk, worker in
      let used = count.map { max(0, min(places, Int($0[0]))) * (pitch / places) } ?? pitch
      let columns = chunk * piece..<min(pitch, (chunk + 1) * piece)
      let moved = columns.clamped(to: 0..<used).count
      let stage = context.scratch + worker * rows * piece
      // All of a piece is read before any of it is written.
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
  /// The rows of this tensor [N, …] in another order.
  ///
  /// Where it becomes the new contents of the variable that it is made from, rows that stay are not
  /// touched. Has no gradient.
  ///
  /// - Parameters:
  ///   - order: int32 [N], which row each is to be; those outside 0..<N become zeros.
  ///   - count: int32 [1], of how many places of the second axis; others stay as they are. Nil for all.
  public func reorderRows(_ order: Value, first count: Value? = nil) -> Value {
    let op = ReorderRows(isPartial: count != nil)
    guard let count else { return op.apply(self, order) }
    return op.apply(self, order, count)
  }
}
