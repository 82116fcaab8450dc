import NNCore
import NNKernels

/// The matrix product over the last two axes, with optional transposition; leading axes broadcast.
/// If the right side is one matrix, all leading axes of a non-transposed left side count as rows.
struct MatMul: KernelOp {
  static let name = "matMul"
  let transposeA: Bool
  let transposeB: Bool

  var attributes: Attributes {
    ["transposeA": .bool(transposeA), "transposeB": .bool(transposeB)]
  }
  var supportsEpilogue: Bool { true }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    outputs[0].shape.elementCount.multipliedSaturating(
      by: inputs[0].shape[transposeA ? -2 : -1])
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (a, b) = (inputs[0], inputs[1])
    guard a.dtype.isFloatingPoint, a.dtype == b.dtype else {
      throw OpError(
        "a matrix product takes two float32 or two float64 tensors, gets \(a.dtype) and \(b.dtype)")
    }
    guard a.shape.rank >= 2, b.shape.rank >= 2 else {
      throw OpError(
        "a matrix product of \(a.shape) and \(b.shape)", hint: "both sides need at least two axes")
    }
    let size = Size(self, a.shape, b.shape)
    guard size.k == b.shape[transposeB ? -1 : -2] else {
      throw OpError(
        "a matrix product of \(written(a.shape, transposeA)) and \(written(b.shape, transposeB)): "
          + "the inner extents \(size.k) and \(b.shape[transposeB ? -1 : -2]) differ")
    }
    guard let batch = size.batchA.broadcast(with: size.batchB) else {
      throw OpError(
        "a matrix product of \(a.shape) and \(b.shape): the leading axes \(size.batchA) and "
          + "\(size.batchB) do not broadcast")
    }
    let rows = size.joinsRows ? a.shape.dimensions.dropLast() : batch.dimensions + [size.m]
    return [TensorType(Shape(rows + [size.n]), a.dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (a, b, cotangent) = (context.inputs[0], context.inputs[1], context.cotangent)
    let size = Size(self, a.shape, b.shape)
    let rows = size.joinsRows ? a.reshaped(to: [size.m, size.k]) : a
    let cotangentRows = size.joinsRows ? cotangent.reshaped(to: [size.m, size.n]) : cotangent
    return [
      transposeA
        ? b.matMul(cotangent, transposeA: transposeB, transposeB: true)
        : cotangent.matMul(b, transposeB: !transposeB),
      transposeB
        ? cotangentRows.matMul(rows, transposeA: true, transposeB: transposeA)
        : rows.matMul(cotangentRows, transposeA: !transposeA),
    ]
  }

  /// The matrix product with a transposed copy of the right side, which our tiles compute; nil
  /// unless there are so many rows that the cost of the copy is negligible.
  func withTransposedCopy(_ inputs: [Value]) -> Value? {
    let (left, right) = (inputs[0], inputs[1])
    guard !transposeA, transposeB, right.shape.rank == 2 else { return nil }
    let (n, k) = (right.shape[0], right.shape[1])
    guard k >= 16, n >= 16, n * k <= MatrixProduct.tilesLimit,
      left.shape.elementCount / k >= 512
    else { return nil }
    return left.matMul(right.transposed())
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let size = Size(self, inputs[0].shape, inputs[1].shape)
    let split = size.split(outputs[0].shape)
    guard split.cut == .sums, split.parts > 1 else { return 0 }
    return PartialSums(
      parts: split.parts, count: outputs[0].shape.elementCount, dtype: outputs[0].dtype
    ).scratchByteCount(workers: workers)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let dtype = context.outputs[0].type.dtype
    let size = Size(self, context.inputs[0].type.shape, context.inputs[1].type.shape)
    let split = size.split(context.outputs[0].type.shape)
    let matrices = size.matrices(context.outputs[0].type.shape)
    let result = context.outputs[0].address
    let sumsParts = split.cut == .sums && split.parts > 1
    let partial = PartialSums(parts: split.parts, count: matrices * size.m * size.n, dtype: dtype)
    let product = MatrixProduct(
      dtype: dtype, transposeA: transposeA, transposeB: transposeB, m: size.m, n: size.n, k: size.k,
      split: split)
    let a = context.inputs[0].address
    let b = context.inputs[1].address
    let batch =
      size.joinsRows
      ? [] : Shape(Array(context.outputs[0].type.shape.dimensions.dropLast(2)))
    let offsetsA = Self.offsets(size.batchA, in: batch, matrixCount: size.m * size.k)
    let offsetsB = Self.offsets(size.batchB, in: batch, matrixCount: size.k * size.n)
    let area = size.m * size.n
    let epilogue = context.epilogue
    let bytes = dtype.byteCount
    let c = sumsParts ? context.scratch : result
    let partialProducts = Kernel.parallel(split.chunks) { chunk, worker in
      let first = split.parts > 1 ? chunk / split.parts : chunk * split.matricesPerChunk
      let part = split.parts > 1 ? chunk % split.parts : 0
      for matrix in first..<min(matrices, first + split.matricesPerChunk) {
        let start = (sumsParts ? part * matrices + matrix : matrix) * area
        product.run(
          split, part: part, a: a + offsetsA[matrix] * bytes, b: b + offsetsB[matrix] * bytes,
          c: c + start * bytes)
        if let epilogue, !sumsParts {
          product.finish(epilogue, split, part: part, from: start, worker: worker)
        }
      }
    }
    guard sumsParts else { return partialProducts }
    let total = partialProducts.then(partial.kernel(into: result, context))
    guard let epilogue else { return total }
    return total.then(.elements(partial.count) { epilogue($0, worker: $1) })
  }

  /// The offset of each matrix of the broadcast batch.
  private static func offsets(_ own: Shape, in batch: Shape, matrixCount: Int) -> [Int] {
    let strides = ElementwiseProgram.Operand(broadcasting: own, to: batch).strides
    let steps = batch.strides
    return (0..<batch.elementCount).map { matrix in
      zip(strides, zip(steps, batch.dimensions)).reduce(0) { sum, axis in
        sum + matrix / axis.1.0 % axis.1.1 * axis.0
      } * matrixCount
    }
  }

  private func written(_ shape: Shape, _ isTransposed: Bool) -> String {
    isTransposed ? "\(shape)ᵀ" : "\(shape)"
  }

  /// The sizes of one matrix product and the leading axes of both sides.
  private struct Size {
    let m: Int
    let n: Int
    let k: Int
    let batchA: Shape
    let batchB: Shape
    /// Whether leading axes of the left side count as rows.
    let joinsRows: Bool
    private let transposesLeft: Bool

    init(_ op: MatMul, _ a: Shape, _ b: Shape) {
      joinsRows = a.rank > 2 && b.rank == 2 && !op.transposeA
      m =
        joinsRows
        ? a.dimensions.dropLast().saturatingProduct : a[op.transposeA ? -1 : -2]
      k = a[op.transposeA ? -2 : -1]
      n = b[op.transposeB ? -2 : -1]
      transposesLeft = op.transposeA
      batchA = joinsRows ? [] : Shape(Array(a.dimensions.dropLast(2)))
      batchB = Shape(Array(b.dimensions.dropLast(2)))
    }

    func matrices(_ output: Shape) -> Int {
      joinsRows ? 1 : output.dimensions.dropLast(2).saturatingProduct
    }

    func split(_ output: Shape) -> MatrixSplit {
      MatrixSplit(
        matrices: matrices(output), m: m, n: n, k: k, transposesLeft: transposesLeft)
    }
  }
}

extension Value {
  /// The matrix product over the last two axes: [.., m, k] · [.., k, n] → [.., m, n].
  ///
  /// Leading axes broadcast. A vector counts as a row on the left and as a column on the right, and
  /// its axis is removed from the result, as in NumPy's `matmul`. If the right side is a matrix and
  /// the left side is not transposed, all leading axes of the left side are multiplied at once.
  ///
  /// - Parameters:
  ///   - other: The right side.
  ///   - transposeA: Whether this value is stored as [.., k, m].
  ///   - transposeB: Whether `other` is stored as [.., n, k].
  public func matMul(
    _ other: Value, transposeA: Bool = false, transposeB: Bool = false
  ) -> Value {
    let op = MatMul(transposeA: transposeA, transposeB: transposeB)
    guard !isPoisoned, !other.isPoisoned, shape.rank > 0, other.shape.rank > 0 else {
      return op.apply(self, other)
    }
    if shape.rank == 1 {
      let row = reshaped(to: [1, shape[0]]).matMul(other, transposeB: transposeB)
      guard !row.isPoisoned else { return row }
      var dimensions = row.shape.dimensions
      dimensions.remove(at: dimensions.count - (other.shape.rank == 1 ? 1 : 2))
      return row.reshaped(to: Shape(dimensions))
    }
    if other.shape.rank == 1 {
      let column = matMul(other.reshaped(to: [other.shape[0], 1]), transposeA: transposeA)
      guard !column.isPoisoned else { return column }
      return column.reshaped(to: Shape(Array(column.shape.dimensions.dropLast())))
    }
    return op.apply(self, other)
  }
}
