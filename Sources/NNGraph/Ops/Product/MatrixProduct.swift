import NNCore
import NNKernels

/// One GEMM C[m, n] = op(A) · op(B) of contiguous matrices, run part by part.
struct MatrixProduct {
  let dtype: DType
  let transposeA: Bool
  let transposeB: Bool
  let m: Int
  let n: Int
  let k: Int

  private let route: Route

  /// Chooses the implementation for a product of this size with this split.
  init(
    dtype: DType, transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, split: MatrixSplit
  ) {
    self.dtype = dtype
    self.transposeA = transposeA
    self.transposeB = transposeB
    (self.m, self.n, self.k) = (m, n, k)
    let rows = split.cut == .rows ? min(m, split.extent) : m
    let columns = split.cut == .columns ? min(n, split.extent) : n
    let sums = split.cut == .sums ? min(k, split.extent) : k
    route = Route(
      transposeA: transposeA, transposeB: transposeB, m: rows, n: columns, k: sums)
  }

  /// Runs one part. If the sums are split, C is the part's own matrix.
  func run(
    _ split: MatrixSplit, part: Int, a: UnsafeMutableRawPointer, b: UnsafeMutableRawPointer,
    c: UnsafeMutableRawPointer
  ) {
    let rows = split.cut == .rows ? split.range(part, of: m) : 0..<m
    let columns = split.cut == .columns ? split.range(part, of: n) : 0..<n
    let sums = split.cut == .sums ? split.range(part, of: k) : 0..<k
    let lda = transposeA ? m : k
    let ldb = transposeB ? k : n
    let a =
      a + dtype.byteCount
      * (transposeA
        ? sums.lowerBound * m + rows.lowerBound : rows.lowerBound * k + sums.lowerBound)
    let b =
      b + dtype.byteCount
      * (transposeB
        ? columns.lowerBound * k + sums.lowerBound : sums.lowerBound * n + columns.lowerBound)
    let c = c + (rows.lowerBound * n + columns.lowerBound) * dtype.byteCount
    let loops = Kernels.table(for: dtype)
    switch route {
    case .blas:
      BLAS.gemm(
        dtype, transposeA: transposeA, transposeB: transposeB, m: rows.count, n: columns.count,
        k: sums.count, a: a, lda: lda, b: b, ldb: ldb, c: c, ldc: n)
    case .tiles:
      var left = nn_left_matrix(
        address: a, row_stride: transposeA ? 1 : lda, column_stride: transposeA ? lda : 1)
      var right = nn_right_matrix(address: b, row_stride: ldb, has_room: false)
      loops.pointee.product(
        c, n, &left, &right, rows.count, columns.count, sums.count, false)
    case .dots:
      loops.pointee.product_transposed(
        c, n, a, lda, b, ldb, rows.count, columns.count, sums.count)
    }
  }

  /// The number of elements of a non-transposed right side up to which our tiles are faster.
  static let tilesLimit = 1 << 19
  /// The same limit for a transposed left side, which OpenBLAS packs slowly.
  static let transposedTilesLimit = 1 << 21

  /// The implementation that computes a part.
  private enum Route {
    /// OpenBLAS, which packs both sides first.
    case blas
    /// Our tiles, which read the right side's rows without packing; for sides that fit the L2
    /// cache.
    case tiles
    /// Our tiles, with dot products along the rows of both sides.
    case dots

    /// The limits are measured crossover points (docs/performance.md).
    init(transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int) {
      if transposeA && transposeB {
        self = .blas
      } else if !transposeB {
        let limit = transposeA ? MatrixProduct.transposedTilesLimit : MatrixProduct.tilesLimit
        self = n * k <= limit || m <= 16 ? .tiles : .blas
      } else {
        self = min(m, n) <= 16 || k >= 256 && m * n <= 1 << 15 ? .dots : .blas
      }
    }
  }

  /// Runs the epilogue on a finished part of the C that starts at element `start`.
  func finish(_ epilogue: Epilogue, _ split: MatrixSplit, part: Int, from start: Int, worker: Int) {
    guard split.cut == .columns, split.parts > 1 else {
      let rows = split.cut == .rows ? split.range(part, of: m) : 0..<m
      epilogue(start + rows.lowerBound * n..<start + rows.upperBound * n, worker: worker)
      return
    }
    let columns = split.range(part, of: n)
    epilogue(
      start + columns.lowerBound..<start + columns.upperBound, times: m, stride: n, worker: worker)
  }
}
