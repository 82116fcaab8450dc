import NNCore
import NNKernels
import Testing

struct LAPACKTests {
  static let sizes = [
    (1, 1), (2, 2), (3, 3), (7, 7), (33, 33), (5, 2), (2, 5), (1, 6), (6, 1), (40, 17), (17, 40),
  ]
  static let types: [DType] = [.float32, .float64]

  /// Rounding errors grow with the size; all matrices here have elements of magnitude ≤ 1.
  private static func tolerance(_ dtype: DType, _ size: Int) -> Double {
    Double(size + 2) * 4 * (dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
  }

  private static func matrix(_ rows: Int, _ columns: Int, _ dtype: DType) -> HostTensor {
    var state: UInt64 = UInt64(rows * 1000 + columns)
    let numbers = (0..<rows * columns).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int(state >> 40) - 1 << 23) / Double(1 << 23)
    }
    return HostTensor(doubles: numbers, shape: [rows, columns], dtype: dtype)
  }

  private static func multiply(
    _ a: HostTensor, _ b: HostTensor, transposeA: Bool = false, transposeB: Bool = false
  ) -> [Double] {
    let (left, right) = (a.doubles, b.doubles)
    let (m, k) = transposeA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let n = transposeB ? b.shape[0] : b.shape[1]
    return (0..<m * n).map { index in
      (0..<k).reduce(0.0) { sum, i in
        let (row, column) = (index / n, index % n)
        return sum
          + (transposeA ? left[i * m + row] : left[row * k + i])
          * (transposeB ? right[column * k + i] : right[i * n + column])
      }
    }
  }

  private func expectClose(
    _ actual: [Double], _ expected: [Double], within tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(actual.count == expected.count, sourceLocation: sourceLocation)
    for (index, pair) in zip(actual, expected).enumerated() {
      #expect(
        abs(pair.0 - pair.1) <= tolerance, "element \(index)", sourceLocation: sourceLocation)
    }
  }

  private static func identity(_ size: Int) -> [Double] {
    (0..<size * size).map { $0 / size == $0 % size ? 1 : 0 }
  }

  private static func scaledColumns(_ matrix: HostTensor, by factors: HostTensor) -> HostTensor {
    let factor = factors.doubles
    let numbers = matrix.doubles.enumerated().map { $1 * factor[$0 % factor.count] }
    return HostTensor(doubles: numbers, shape: matrix.shape)
  }

  @Test(arguments: sizes, types)
  func qrReconstructs(size: (Int, Int), dtype: DType) throws {
    let (m, n) = size
    let a = Self.matrix(m, n, dtype)
    let (k, tolerance) = (min(m, n), Self.tolerance(dtype, max(m, n)))
    let factors = try LAPACK.qr(a)
    #expect(factors.q.shape == [m, k] && factors.r.shape == [k, n])
    #expect(factors.q.dtype == dtype && factors.r.dtype == dtype)
    expectClose(Self.multiply(factors.q, factors.r), a.doubles, within: tolerance)
    expectClose(
      Self.multiply(factors.q, factors.q, transposeA: true), Self.identity(k), within: tolerance)
    let r = factors.r.doubles
    for row in 0..<k { for column in 0..<row { #expect(r[row * n + column] == 0) } }
  }

  @Test(arguments: sizes, types)
  func svdReconstructs(size: (Int, Int), dtype: DType) throws {
    let (m, n) = size
    let a = Self.matrix(m, n, dtype)
    let (k, tolerance) = (min(m, n), Self.tolerance(dtype, max(m, n)))
    let result = try LAPACK.svd(a)
    #expect(result.u.shape == [m, k] && result.vTransposed.shape == [k, n])
    let scaled = Self.scaledColumns(result.u, by: result.singularValues)
    expectClose(Self.multiply(scaled, result.vTransposed), a.doubles, within: tolerance)
    expectClose(
      Self.multiply(result.u, result.u, transposeA: true), Self.identity(k), within: tolerance)
    expectClose(
      Self.multiply(result.vTransposed, result.vTransposed, transposeB: true), Self.identity(k),
      within: tolerance)
    let values = result.singularValues.doubles
    #expect(values == values.sorted(by: >) && values.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: types)
  func svdOfKnownMatrix(dtype: DType) throws {
    // AᵀA has the eigenvalues 45 and 5.
    let a = HostTensor(doubles: [3, 0, 4, 5], shape: [2, 2], dtype: dtype)
    expectClose(
      try LAPACK.svd(a).singularValues.doubles, [45, 5].map { $0.squareRoot() },
      within: 16 * Self.tolerance(dtype, 2))
  }

  @Test(arguments: [1, 2, 3, 8, 25], types)
  func eigenReconstructs(n: Int, dtype: DType) throws {
    let half = Self.matrix(n, n, .float64).doubles
    let numbers = (0..<n * n).map { (half[$0] + half[($0 % n) * n + $0 / n]) / 2 }
    let a = HostTensor(doubles: numbers, shape: [n, n], dtype: dtype)
    let result = try LAPACK.symmetricEigen(a)
    let tolerance = Self.tolerance(dtype, n)
    let scaled = Self.scaledColumns(result.vectors, by: result.values)
    expectClose(
      Self.multiply(scaled, result.vectors, transposeB: true), a.doubles, within: tolerance)
    expectClose(
      Self.multiply(result.vectors, result.vectors, transposeA: true), Self.identity(n),
      within: tolerance)
    #expect(result.values.doubles == result.values.doubles.sorted())
  }

  /// The second difference matrix: λ_j = 2 − 2 cos(jπ / (n + 1)).
  @Test(arguments: types)
  func eigenvaluesOfTheSecondDifference(dtype: DType) throws {
    let n = 4
    let numbers = (0..<n * n).map { index -> Double in
      [0: 2, 1: -1][abs(index / n - index % n)] ?? 0
    }
    // Only the lower triangle counts.
    var upperSpoilt = numbers
    upperSpoilt[3] = 99
    let golden = (1 + 5.0.squareRoot()) / 2
    for source in [numbers, upperSpoilt] {
      let values = try LAPACK.symmetricEigen(
        HostTensor(doubles: source, shape: [n, n], dtype: dtype)
      ).values
      expectClose(
        values.doubles, [2 - golden, 3 - golden, 1 + golden, 2 + golden],
        within: 4 * Self.tolerance(dtype, n))
    }
  }

  @Test(arguments: types)
  func leastSquaresFitsALine(dtype: DType) throws {
    // Points (0, 1), (1, 3), (2, 4), (3, 4): the line is 1.5 + x.
    let a = HostTensor(doubles: [1, 0, 1, 1, 1, 2, 1, 3], shape: [4, 2], dtype: dtype)
    let b = HostTensor(doubles: [1, 3, 4, 4], shape: [4], dtype: dtype)
    let fit = try LAPACK.leastSquares(a, b)
    #expect(fit.solution.shape == [2] && fit.rank == 2)
    expectClose(fit.solution.doubles, [1.5, 1], within: 8 * Self.tolerance(dtype, 4))
  }

  @Test(arguments: types)
  func leastSquaresOfDeficientRankHasTheSmallestNorm(dtype: DType) throws {
    // Two equal columns: any split of the coefficient is a solution, halves have the smallest norm.
    let a = HostTensor(doubles: [1, 1, 2, 2, 3, 3], shape: [3, 2], dtype: dtype)
    let b = HostTensor(doubles: [2, 4, 4, 8, 6, 12], shape: [3, 2], dtype: dtype)
    let fit = try LAPACK.leastSquares(a, b)
    #expect(fit.rank == 1)
    expectClose(fit.solution.doubles, [1, 2, 1, 2], within: 8 * Self.tolerance(dtype, 3))
    expectClose(
      fit.singularValues.doubles, [28, 0].map { $0.squareRoot() },
      within: 8 * Self.tolerance(dtype, 3))
  }

  @Test(arguments: types)
  func leastSquaresWithMoreUnknownsThanEquations(dtype: DType) throws {
    let a = HostTensor(doubles: [1, 0, 1, 0, 1, 0], shape: [2, 3], dtype: dtype)
    let b = HostTensor(doubles: [2, 5], shape: [2, 1], dtype: dtype)
    let fit = try LAPACK.leastSquares(a, b)
    #expect(fit.rank == 2 && fit.solution.shape == [3, 1])
    expectClose(fit.solution.doubles, [1, 5, 1], within: 8 * Self.tolerance(dtype, 3))
  }

  @Test func cutoffDecidesTheRank() throws {
    let a = HostTensor(doubles: [1, 0, 0, 1e-3], shape: [2, 2])
    let b = HostTensor(doubles: [1, 1], shape: [2])
    #expect(try LAPACK.leastSquares(a, b).rank == 2)
    #expect(try LAPACK.leastSquares(a, b, relativeCutoff: 1e-2).rank == 1)
  }

  @Test func emptyMatrices() throws {
    let tall = HostTensor(zeros: [3, 0], dtype: .float64)
    let wide = HostTensor(zeros: [0, 3], dtype: .float64)
    #expect(try LAPACK.qr(tall).q.shape == [3, 0])
    #expect(try LAPACK.qr(wide).r.shape == [0, 3])
    #expect(try LAPACK.svd(tall).singularValues.shape == [0])
    #expect(
      try LAPACK.symmetricEigen(HostTensor(zeros: [0, 0], dtype: .float64)).values.shape == [0])
    let none = HostTensor(zeros: [0, 2], dtype: .float64)
    #expect(try LAPACK.leastSquares(wide, none).solution.doubles == [0, 0, 0, 0, 0, 0])
    let square = HostTensor(doubles: [2, 0, 0, 1], shape: [2, 2])
    let fit = try LAPACK.leastSquares(square, HostTensor(zeros: [2, 0], dtype: .float64))
    #expect(fit.rank == 2 && fit.solution.shape == [2, 0])
  }

  @Test func badInputIsExplained() {
    func message(_ body: () throws(NNError) -> Void) -> String? {
      do {
        try body()
        return nil
      } catch {
        return error.message
      }
    }
    let wide = HostTensor(zeros: [2, 3], dtype: .float64)
    #expect(
      message { () throws(NNError) in _ = try LAPACK.symmetricEigen(wide) }
        == "symmetric eigenvalues: expected a square matrix, found [2, 3]")
    #expect(
      message { () throws(NNError) in _ = try LAPACK.qr(HostTensor([1.0, 2.0])) }
        == "QR factorization: expected a matrix of two axes, found [2]")
    #expect(
      message { () throws(NNError) in
        _ = try LAPACK.qr(HostTensor([1 as Int32], shape: [1, 1]))
      } == "QR factorization: expected float32 or float64, found int32")
    #expect(
      message { () throws(NNError) in
        _ = try LAPACK.svd(HostTensor([0, 1, 2, .nan, 4, 5] as [Float], shape: [2, 3]))
      } == "singular values: expected finite numbers, found nan in row 1, column 0")
    #expect(
      message { () throws(NNError) in
        _ = try LAPACK.leastSquares(wide, HostTensor([1.0, -.infinity]))
      } == "least squares, right-hand side: expected finite numbers, found -inf in row 1, column 0")
    #expect(
      message { () throws(NNError) in
        _ = try LAPACK.leastSquares(wide, HostTensor([1.0, 2.0, 3.0]))
      } == "least squares: expected a right-hand side of 2 rows and type float64, "
        + "found [3] of float64")
  }
}
