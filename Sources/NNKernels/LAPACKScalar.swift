import CLAPACKE
import NNCore

/// An element type with LAPACK routines.
protocol LAPACKScalar: TensorScalar, BinaryFloatingPoint {
  static var routines: LAPACKRoutines<Self> { get }
}

/// LAPACK's routines for one element type, in LAPACK's argument order.
///
/// Each returns 0 on success and a positive number when an iteration did not converge.
struct LAPACKRoutines<Scalar: Sendable>: Sendable {
  typealias Vector = UnsafeMutablePointer<Scalar>?

  /// (layout, m, n, a, lda, tau)
  let geqrf: @Sendable (Int32, Int32, Int32, Vector, Int32, Vector) -> Int32
  /// (layout, m, n, k, a, lda, tau)
  let orgqr: @Sendable (Int32, Int32, Int32, Int32, Vector, Int32, UnsafePointer<Scalar>?) -> Int32
  /// (layout, m, n, nrhs, a, lda, b, ldb, s, rcond, rank)
  let gelsd:
    @Sendable (
      Int32, Int32, Int32, Int32, Vector, Int32, Vector, Int32, Vector, Scalar,
      UnsafeMutablePointer<Int32>?
    ) -> Int32
  /// (layout, jobz, uplo, n, a, lda, w)
  let syevd: @Sendable (Int32, CChar, CChar, Int32, Vector, Int32, Vector) -> Int32
  /// (layout, jobz, m, n, a, lda, s, u, ldu, vt, ldvt)
  let gesdd:
    @Sendable (
      Int32, CChar, Int32, Int32, Vector, Int32, Vector, Vector, Int32, Vector, Int32
    ) -> Int32
}

extension Float: LAPACKScalar {
  static let routines = LAPACKRoutines<Float>(
    geqrf: LAPACKE_sgeqrf, orgqr: LAPACKE_sorgqr, gelsd: LAPACKE_sgelsd, syevd: LAPACKE_ssyevd,
    gesdd: LAPACKE_sgesdd)
}

extension Double: LAPACKScalar {
  static let routines = LAPACKRoutines<Double>(
    geqrf: LAPACKE_dgeqrf, orgqr: LAPACKE_dorgqr, gelsd: LAPACKE_dgelsd, syevd: LAPACKE_dsyevd,
    gesdd: LAPACKE_dgesdd)
}

/// Row-major storage, in LAPACKE's numbering.
let lapackRowMajor = Int32(LAPACK_ROW_MAJOR)
