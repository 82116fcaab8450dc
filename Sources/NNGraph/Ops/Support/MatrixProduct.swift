import NNCore
import NNKernels

/// One product C[m, n] = op(A) · op(B) of contiguous matrices, run part by part.
struct MatrixProduct {
  let dtype: DType
  let transposeA: Bool
  let transposeB: Bool
  let m: Int
  let n: Int
  let k: Int

  /// Runs one part; of a cut through the sums, C is the part's own matrix.
  func run(
    _ split: MatrixSplit, part: Int, a: UnsafeMutableRawPointer, b: UnsafeMutableRawPointer,
    c: UnsafeMutableRawPointer
  ) {
    let rows = split.cut == .rows ? split.range(part, of: m) : 0..<m
    let columns = split.cut == .columns ? split.range(part, of: n) : 0..<n
    let sums = split.cut == .sums ? split.range(part, of: k) : 0..<k
    let lda = transposeA ? m : k
    let ldb = transposeB ? k : n
    let startA =
      transposeA ? sums.lowerBound * m + rows.lowerBound : rows.lowerBound * k + sums.lowerBound
    let startB =
      transposeB
      ? columns.lowerBound * k + sums.lowerBound : sums.lowerBound * n + columns.lowerBound
    BLAS.gemm(
      dtype, transposeA: transposeA, transposeB: transposeB, m: rows.count, n: columns.count,
      k: sums.count, a: a + startA * dtype.byteCount, lda: lda, b: b + startB * dtype.byteCount,
      ldb: ldb, c: c + (rows.lowerBound * n + columns.lowerBound) * dtype.byteCount, ldc: n)
  }

  /// Calls `body` with the flat ranges of C that a part has finished.
  func forEachFinishedRange(_ split: MatrixSplit, part: Int, _ body: (Range<Int>) -> Void) {
    guard split.cut == .columns, split.parts > 1 else {
      let rows = split.cut == .rows ? split.range(part, of: m) : 0..<m
      if !rows.isEmpty, n > 0 { body(rows.lowerBound * n..<rows.upperBound * n) }
      return
    }
    let columns = split.range(part, of: n)
    for row in 0..<m { body(row * n + columns.lowerBound..<row * n + columns.upperBound) }
  }
}
