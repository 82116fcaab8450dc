public import NNCore

/// Factorizations and solvers for small dense matrices, through LAPACK, in Float32 and Float64.
///
/// Matrices are row-major tensors of two axes. Every function throws `NNError` for a tensor of
/// another rank or type, and for one that holds NaN or infinity. All run on the calling thread and
/// allocate memory: they are for initializers and closed-form solutions, not for training steps.
public enum LAPACK {
  /// An orthogonal and an upper triangular factor: A = Q · R.
  public struct QR: Sendable {
    /// [m, k] with k = min(m, n); the columns are orthonormal.
    public let q: HostTensor
    /// [k, n], zero below the diagonal, whose elements may be negative.
    public let r: HostTensor
  }

  /// The minimum-norm solution X that minimizes ‖A · X − B‖.
  public struct LeastSquares: Sendable {
    /// [n, count], or [n] for a right-hand side of one axis.
    public let solution: HostTensor
    /// The effective rank: the number of singular values of A that are treated as non-zero.
    public let rank: Int
    /// All singular values of A, largest first: [min(m, n)].
    public let singularValues: HostTensor
  }

  /// Eigenvalues and eigenvectors of a symmetric matrix: A = V · diag(λ) · Vᵀ.
  public struct SymmetricEigen: Sendable {
    /// [n], smallest first.
    public let values: HostTensor
    /// [n, n]; column i belongs to value i; the columns are orthonormal.
    public let vectors: HostTensor
  }

  /// A singular value decomposition: A = U · diag(σ) · Vᵀ.
  public struct SVD: Sendable {
    /// [m, k] with k = min(m, n); the columns are orthonormal.
    public let u: HostTensor
    /// [k], largest first.
    public let singularValues: HostTensor
    /// [k, n]; the rows are orthonormal.
    public let vTransposed: HostTensor
  }

  /// The reduced QR factorization of a matrix [m, n], by Householder reflections (`geqrf`).
  ///
  /// - Throws: `NNError` for a tensor that is not a finite floating-point matrix.
  public static func qr(_ matrix: HostTensor) throws(NNError) -> QR {
    let type = try scalarType(of: matrix, name: "QR factorization")
    return try qr(matrix, as: type)
  }

  /// Least squares by singular value decomposition (`gelsd`), for any rank of A.
  ///
  /// - Parameters:
  ///   - matrix: A, [m, n].
  ///   - rightHandSide: B, [m, count] or [m], of the same type.
  ///   - relativeCutoff: singular values up to this share of the largest are treated as zero; by
  ///     default the type's machine epsilon times max(m, n), as in NumPy and PyTorch.
  /// - Throws: `NNError` for tensors that are not finite floating-point matrices, for row counts or
  ///   types that differ, and where the iteration does not converge.
  public static func leastSquares(
    _ matrix: HostTensor, _ rightHandSide: HostTensor, relativeCutoff: Double? = nil
  ) throws(NNError) -> LeastSquares {
    let name = "least squares"
    let type = try scalarType(of: matrix, name: name)
    let isVector = rightHandSide.shape.rank == 1
    let target =
      isVector
      ? rightHandSide.reshaped(to: [rightHandSide.elementCount, 1]) : rightHandSide
    _ = try scalarType(of: target, name: "\(name), right-hand side")
    guard target.dtype == matrix.dtype, target.shape[0] == matrix.shape[0] else {
      throw .invalid(
        "\(name): expected a right-hand side of \(matrix.shape[0]) rows and type \(matrix.dtype), "
          + "found \(rightHandSide.shape) of \(rightHandSide.dtype)")
    }
    let result = try leastSquares(matrix, target, relativeCutoff, as: type)
    guard isVector else { return result }
    return LeastSquares(
      solution: result.solution.reshaped(to: [matrix.shape[1]]), rank: result.rank,
      singularValues: result.singularValues)
  }

  /// All eigenvalues and eigenvectors of a symmetric matrix [n, n], by divide and conquer
  /// (`syevd`). Only the lower triangle is read.
  ///
  /// - Throws: `NNError` for a tensor that is not a finite square floating-point matrix, and where
  ///   the iteration does not converge.
  public static func symmetricEigen(_ matrix: HostTensor) throws(NNError) -> SymmetricEigen {
    let name = "symmetric eigenvalues"
    let type = try scalarType(of: matrix, name: name)
    guard matrix.shape[0] == matrix.shape[1] else {
      throw .invalid("\(name): expected a square matrix, found \(matrix.shape)")
    }
    return try symmetricEigen(matrix, as: type)
  }

  /// The reduced singular value decomposition of a matrix [m, n], by divide and conquer (`gesdd`).
  ///
  /// - Throws: `NNError` for a tensor that is not a finite floating-point matrix, and where the
  ///   iteration does not converge.
  public static func svd(_ matrix: HostTensor) throws(NNError) -> SVD {
    let type = try scalarType(of: matrix, name: "singular values")
    return try svd(matrix, as: type)
  }

  // MARK: - One implementation for both types

  private static func qr<Scalar: LAPACKScalar>(
    _ matrix: HostTensor, as type: Scalar.Type
  ) throws(NNError) -> QR {
    let (m, n) = (matrix.shape[0], matrix.shape[1])
    let k = min(m, n)
    var q = [Scalar](repeating: 0, count: m * k)
    var r = [Scalar](repeating: 0, count: k * n)
    if k > 0 {
      var factors: [Scalar] = matrix.scalars()
      var tau = [Scalar](repeating: 0, count: k)
      try check(
        Scalar.routines.geqrf(lapackRowMajor, Int32(m), Int32(n), &factors, Int32(n), &tau),
        "QR factorization")
      for row in 0..<k {
        for column in row..<n { r[row * n + column] = factors[row * n + column] }
      }
      for row in 0..<m {
        for column in 0..<k { q[row * k + column] = factors[row * n + column] }
      }
      try check(
        Scalar.routines.orgqr(lapackRowMajor, Int32(m), Int32(k), Int32(k), &q, Int32(k), tau),
        "QR factorization")
    }
    return QR(q: HostTensor(q, shape: [m, k]), r: HostTensor(r, shape: [k, n]))
  }

  private static func leastSquares<Scalar: LAPACKScalar>(
    _ matrix: HostTensor, _ target: HostTensor, _ relativeCutoff: Double?, as type: Scalar.Type
  ) throws(NNError) -> LeastSquares {
    let (m, n, count) = (matrix.shape[0], matrix.shape[1], target.shape[1])
    var singularValues = [Scalar](repeating: 0, count: min(m, n))
    // LAPACK reads B from the first m rows and leaves X in the first n.
    var solution: [Scalar] = target.scalars()
    solution += [Scalar](repeating: 0, count: max(0, n - m) * count)
    var rank: Int32 = 0
    if m > 0 && n > 0 {
      var a: [Scalar] = matrix.scalars()
      // Without a right-hand side the rank is still needed: solve for one column of zeros.
      let columns = max(count, 1)
      if count == 0 { solution = [Scalar](repeating: 0, count: max(m, n)) }
      let cutoff = relativeCutoff ?? Double(Scalar.ulpOfOne) * Double(max(m, n))
      try check(
        Scalar.routines.gelsd(
          lapackRowMajor, Int32(m), Int32(n), Int32(columns), &a, Int32(n), &solution,
          Int32(columns), &singularValues, Scalar(cutoff), &rank),
        "least squares")
    }
    return LeastSquares(
      solution: HostTensor(Array(solution.prefix(n * count)), shape: [n, count]),
      rank: Int(rank), singularValues: HostTensor(singularValues))
  }

  private static func symmetricEigen<Scalar: LAPACKScalar>(
    _ matrix: HostTensor, as type: Scalar.Type
  ) throws(NNError) -> SymmetricEigen {
    let n = matrix.shape[0]
    var vectors: [Scalar] = matrix.scalars()
    var values = [Scalar](repeating: 0, count: n)
    if n > 0 {
      try check(
        Scalar.routines.syevd(
          lapackRowMajor, Job.vectors, Job.lower, Int32(n), &vectors, Int32(n), &values),
        "symmetric eigenvalues")
    }
    return SymmetricEigen(
      values: HostTensor(values), vectors: HostTensor(vectors, shape: matrix.shape))
  }

  private static func svd<Scalar: LAPACKScalar>(
    _ matrix: HostTensor, as type: Scalar.Type
  ) throws(NNError) -> SVD {
    let (m, n) = (matrix.shape[0], matrix.shape[1])
    let k = min(m, n)
    var u = [Scalar](repeating: 0, count: m * k)
    var singularValues = [Scalar](repeating: 0, count: k)
    var vTransposed = [Scalar](repeating: 0, count: k * n)
    if k > 0 {
      var a: [Scalar] = matrix.scalars()
      try check(
        Scalar.routines.gesdd(
          lapackRowMajor, Job.reduced, Int32(m), Int32(n), &a, Int32(n), &singularValues, &u,
          Int32(k), &vTransposed, Int32(n)),
        "singular values")
    }
    return SVD(
      u: HostTensor(u, shape: [m, k]), singularValues: HostTensor(singularValues),
      vTransposed: HostTensor(vTransposed, shape: [k, n]))
  }

  /// LAPACK's one-letter options.
  private enum Job {
    static let vectors = CChar(UInt8(ascii: "V"))
    static let lower = CChar(UInt8(ascii: "L"))
    static let reduced = CChar(UInt8(ascii: "S"))
  }

  // MARK: - Checks

  private static func scalarType(
    of matrix: HostTensor, name: String
  ) throws(NNError) -> any LAPACKScalar.Type {
    guard matrix.shape.rank == 2 else {
      throw .invalid("\(name): expected a matrix of two axes, found \(matrix.shape)")
    }
    BLAS.prepare()
    switch matrix.dtype {
    case .float32:
      try checkFinite(matrix, as: Float.self, name: name)
      return Float.self
    case .float64:
      try checkFinite(matrix, as: Double.self, name: name)
      return Double.self
    default:
      throw .invalid(
        "\(name): expected float32 or float64, found \(matrix.dtype)",
        hint: "convert the tensor first")
    }
  }

  private static func checkFinite<Scalar: LAPACKScalar>(
    _ matrix: HostTensor, as type: Scalar.Type, name: String
  ) throws(NNError) {
    try matrix.withScalars(as: type) { (scalars) throws(NNError) in
      guard let index = scalars.firstIndex(where: { !$0.isFinite }) else { return }
      let columns = matrix.shape[1]
      throw .invalid(
        "\(name): expected finite numbers, found \(scalars[index]) "
          + "in row \(index / columns), column \(index % columns)")
    }
  }

  private static func check(_ status: Int32, _ name: String) throws(NNError) {
    // LAPACKE reports its own failed allocations as −1010 and −1011.
    if status == -1010 || status == -1011 {
      throw .failed("\(name): not enough memory for the work space")
    }
    precondition(status >= 0, "LAPACK rejects argument \(-status) of \(name)")
    guard status == 0 else { throw .failed("\(name): the iteration did not converge") }
  }
}
