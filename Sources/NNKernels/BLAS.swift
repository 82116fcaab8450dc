import COpenBLAS
public import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Matrix products (GEMM) through OpenBLAS.
///
/// Every call runs on the calling thread alone: the worker pool splits the work, so that block
/// boundaries and therefore results do not depend on the number of threads. Calls from several
/// threads at the same time are allowed.
public enum BLAS {
  /// C = alpha · op(A) · op(B) + beta · C, row-major, on the calling thread.
  ///
  /// op(A) is [m, k] and op(B) [k, n]; C is [m, n]. With beta = 0, C is only written, so its
  /// initial contents do not matter, NaN included. A size of 0 is allowed: k = 0 results in beta ·
  /// C.
  ///
  /// - Parameters:
  ///   - dtype: `.float32` or `.float64`, of all three matrices.
  ///   - transposeA: whether A is stored as [k, m].
  ///   - transposeB: whether B is stored as [n, k].
  ///   - m: rows of C.
  ///   - n: columns of C.
  ///   - k: the inner dimension.
  ///   - alpha: factor of op(A) · op(B), 1 by default.
  ///   - a: the matrix A.
  ///   - lda: leading dimension of A: elements from one stored row to the next.
  ///   - b: the matrix B.
  ///   - ldb: leading dimension of B.
  ///   - beta: factor of the previous C, 0 by default.
  ///   - c: the matrix C; must not overlap A or B.
  ///   - ldc: leading dimension of C.
  public static func gemm(
    _ dtype: DType, transposeA: Bool = false, transposeB: Bool = false,
    m: Int, n: Int, k: Int,
    alpha: Double = 1, a: UnsafeRawPointer, lda: Int, b: UnsafeRawPointer, ldb: Int,
    beta: Double = 0, c: UnsafeMutableRawPointer, ldc: Int
  ) {
    if m == 0 || n == 0 { return }
    precondition(dtype.isFloatingPoint, "a matrix product of \(dtype) elements")
    guard k > 0 else {
      switch dtype {
      case .float64: scale(c.assumingMemoryBound(to: Double.self), m, n, ldc, by: beta)
      default: scale(c.assumingMemoryBound(to: Float.self), m, n, ldc, by: Float(beta))
      }
      return
    }
    prepare()
    let opA = transposeA ? CblasTrans : CblasNoTrans
    let opB = transposeB ? CblasTrans : CblasNoTrans
    switch dtype {
    case .float64:
      cblas_dgemm(
        CblasRowMajor, opA, opB, blasint(m), blasint(n), blasint(k),
        alpha, a.assumingMemoryBound(to: Double.self), blasint(lda),
        b.assumingMemoryBound(to: Double.self), blasint(ldb),
        beta, c.assumingMemoryBound(to: Double.self), blasint(ldc))
    default:
      cblas_sgemm(
        CblasRowMajor, opA, opB, blasint(m), blasint(n), blasint(k),
        Float(alpha), a.assumingMemoryBound(to: Float.self), blasint(lda),
        b.assumingMemoryBound(to: Float.self), blasint(ldb),
        Float(beta), c.assumingMemoryBound(to: Float.self), blasint(ldc))
    }
  }

  /// The core type whose inner loops are in use: `SkylakeX`, `Haswell`, ….
  public static var coreName: String {
    prepare()
    return loadedCoreName
  }

  /// A core type that this processor can run and that is faster than the one in use, for hints.
  ///
  /// Nil unless `OPENBLAS_CORETYPE` forces a slower one or the library cannot switch.
  public static var betterCoreName: String? { BLASCoreType.better(than: coreName) }

  /// The library's build configuration, as it reports it.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The library's release, `0.3.21`.
  public static var version: String {
    configuration.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init)
      ?? "unknown"
  }

  /// Initializes the library once, before its first use; later calls are cheap.
  static func prepare() { _ = prepared }

  private static let prepared: Void = {
    openblas_set_num_threads(1)
    endIdleThreads()
    guard !BLASCoreType.isChosenByUser else { return }
    if let better = BLASCoreType.better(than: loadedCoreName) { BLASCoreType.select(better) }
  }()

  /// Ends the threads that the library starts when it is loaded: they spin for about 25 ms before
  /// they sleep, on processors that the pool is about to use. The library restarts them if other
  /// code in this process requests more than one thread; no such call may be in progress now.
  private static func endIdleThreads() {
    #if os(Linux)
      typealias EntryPoint = @convention(c) () -> CInt
      guard let shutdown = dlsym(nil, "blas_thread_shutdown_") else { return }
      _ = unsafeBitCast(shutdown, to: EntryPoint.self)()
    #endif
  }

  private static var loadedCoreName: String { String(cString: openblas_get_corename()) }

  private static func scale<Scalar: BinaryFloatingPoint>(
    _ c: UnsafeMutablePointer<Scalar>, _ rows: Int, _ columns: Int, _ rowStride: Int,
    by factor: Scalar
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * rowStride + column
        c[index] = factor == 0 ? 0 : factor * c[index]
      }
    }
  }
}
