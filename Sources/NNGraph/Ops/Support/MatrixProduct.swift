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

  private let route: Route
  /// Where the rows of the right side begin, for tiles.
  private let offsets: [Int32]

  /// Chooses how a product of this size, cut in this way, is computed.
  init(
    dtype: DType, transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, split: MatrixSplit
  ) {
    self.dtype = dtype
    self.transposeA = transposeA
    self.transposeB = transposeB
    (self.m, self.n, self.k) = (m, n, k)
    let (lda, ldb) = (transposeA ? m : k, transposeB ? k : n)
    let rows = split.cut == .rows ? min(m, split.extent) : m
    let columns = split.cut == .columns ? min(n, split.extent) : n
    let sums = split.cut == .sums ? min(k, split.extent) : k
    route = Route(
      transposeA: transposeA, transposeB: transposeB, m: rows, n: columns, k: sums,
      leftStride: lda, elements: max(m, k) * lda + max(n, k) * ldb)
    offsets =
      switch route {
      case .tiles: (0..<sums).map { Int32($0 * ldb) }
      case .blas, .dots: []
      }
  }

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
      var places = nn_columns(rows: 1, length: columns.count, pitch: 0, has_room: false)
      loops.pointee.product(c, n, &left, b, offsets, rows.count, &places, sums.count, false)
    case .dots:
      loops.pointee.product_transposed(
        c, n, a, lda, b, ldb, rows.count, columns.count, sums.count)
    }
  }

  /// Which loops compute a part.
  private enum Route {
    /// OpenBLAS, which copies both sides into an order of its own first.
    case blas
    /// Our tiles with the right side's rows where they lie, while they fit the second-level cache.
    case tiles
    /// Our tiles with sums along the rows of both sides.
    case dots

    /// The borders are where measurements of both crossed (docs/performance.md).
    ///
    /// - Parameters:
    ///   - leftStride: Elements between the rows of the left side as it lies. Far apart, those of a
    ///     transposed one crowd the same places of the cache, unless they are copied first.
    ///   - elements: Bounds the distances in memory, which our tiles keep in 32 bits.
    init(transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, leftStride: Int, elements: Int)
    {
      if elements > Int(Int32.max) || transposeA && transposeB {
        self = .blas
      } else if !transposeB {
        let isCrowded = transposeA && leftStride >= 512 && k >= 512
        self = !isCrowded && n * k <= 1 << 19 || m <= 16 ? .tiles : .blas
      } else {
        self = min(m, n) <= 16 || k >= 256 && m * n <= 1 << 15 ? .dots : .blas
      }
    }
  }

  /// Runs the epilogue on what a part has finished of the C that starts at element `start`.
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
