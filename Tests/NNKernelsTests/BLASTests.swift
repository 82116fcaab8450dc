import NNCore
import NNKernels
import Testing

struct BLASTests {
  struct Product: CustomTestStringConvertible {
    var m: Int
    var n: Int
    var k: Int
    var transposeA: Bool
    var transposeB: Bool
    var testDescription: String {
      "\(m)×\(n)×\(k) \(transposeA ? "T" : "N")\(transposeB ? "T" : "N")"
    }
  }

  static let products: [Product] = {
    let sizes = [
      (1, 1, 1), (1, 7, 3), (5, 1, 9), (3, 4, 1), (17, 13, 29), (33, 65, 31), (64, 64, 64),
      (127, 96, 130),
    ]
    return sizes.flatMap { m, n, k in
      [(false, false), (false, true), (true, false), (true, true)].map { a, b in
        Product(m: m, n: n, k: k, transposeA: a, transposeB: b)
      }
    }
  }()

  /// Numbers in −1 ..< 1 that are exact in Float32, so that both types start from the same ones.
  private static func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int(state >> 40) - 1 << 23) / Double(1 << 23)
    }
  }

  /// Runs one product in rows wider than the matrices and checks every element, and that
  /// elements between the rows are unchanged.
  private func check<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ product: Product, alpha: Double, beta: Double, as type: Scalar.Type
  ) {
    let (m, n, k) = (product.m, product.n, product.k)
    let (rowsA, columnsA) = product.transposeA ? (k, m) : (m, k)
    let (rowsB, columnsB) = product.transposeB ? (n, k) : (k, n)
    let (lda, ldb, ldc) = (columnsA + 3, columnsB + 1, n + 5)
    let a = Self.numbers(rowsA * lda, seed: 1)
    let b = Self.numbers(rowsB * ldb, seed: 2)
    let before = Self.numbers(m * ldc, seed: 3)
    var c = before.map { Scalar($0) }
    if beta == 0 { for row in 0..<m { for column in 0..<n { c[row * ldc + column] = .nan } } }
    BLAS.gemm(
      Scalar.dtype, transposeA: product.transposeA, transposeB: product.transposeB,
      m: m, n: n, k: k, alpha: alpha, a: a.map { Scalar($0) }, lda: lda,
      b: b.map { Scalar($0) }, ldb: ldb, beta: beta, c: &c, ldc: ldc)
    // |error| ≤ (k + 2) · unit roundoff · Σ |a·b|, and every |a·b| ≤ 1.
    let tolerance = Double(k + 2) * Double(Scalar.ulpOfOne) * (abs(alpha) * Double(k) + abs(beta))
    for row in 0..<m {
      for column in 0..<ldc {
        let index = row * ldc + column
        var expected = before[index]
        if column < n {
          var sum = 0.0
          for i in 0..<k {
            let left = product.transposeA ? a[i * lda + row] : a[row * lda + i]
            let right = product.transposeB ? b[column * ldb + i] : b[i * ldb + column]
            sum += left * right
          }
          expected = alpha * sum + (beta == 0 ? 0 : beta * before[index])
        }
        let error = abs(Double(c[index]) - expected)
        #expect(error <= (column < n ? tolerance : 0), "row \(row), column \(column)")
      }
    }
  }

  @Test(arguments: products)
  func agreesWithTheDefinition(product: Product) {
    for (alpha, beta) in [(1.0, 0.0), (1.0, 1.0), (-0.5, 0.25)] {
      check(product, alpha: alpha, beta: beta, as: Float.self)
      check(product, alpha: alpha, beta: beta, as: Double.self)
    }
  }

  @Test(arguments: [DType.float32, .float64])
  func emptySumsScaleTheResult(dtype: DType) {
    for beta in [0.0, 1.0, 0.5] {
      let start: [Double] = [1, -2, 8, 4, 5, 6]
      var c = HostTensor(
        doubles: beta == 0 ? [.nan, .infinity, 8, .nan, 5, 6] : start,
        shape: [2, 3], dtype: dtype)
      c.withMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        BLAS.gemm(
          dtype, m: 2, n: 2, k: 0, a: base, lda: 1, b: base, ldb: 2, beta: beta, c: base, ldc: 3)
      }
      #expect(
        c.doubles == [beta * 1, beta * -2, 8, beta * 4, beta * 5, 6].map { $0 == 0 ? 0 : $0 })
    }
  }

  @Test func emptyResultsTouchNothing() {
    var c: [Float] = [1, 2, 3, 4]
    let a: [Float] = [1, 2, 3, 4]
    BLAS.gemm(.float32, m: 0, n: 2, k: 2, a: a, lda: 2, b: a, ldb: 2, c: &c, ldc: 2)
    BLAS.gemm(.float32, m: 2, n: 0, k: 2, a: a, lda: 2, b: a, ldb: 2, c: &c, ldc: 2)
    #expect(c == [1, 2, 3, 4])
  }

  @Test func describesTheLibrary() {
    #expect(BLAS.configuration.contains("OpenBLAS"))
    #expect(BLAS.version.split(separator: ".").count >= 2)
    #expect(!BLAS.coreName.isEmpty)
  }

  @Test func peakIsMeasured() {
    let peak = BLAS.measuredPeak(seconds: 0.02)
    #expect(peak.oneThread > 0.1)
    #expect(peak.allThreads > 0.1)
    // Other tests change the number of threads meanwhile.
    #expect((1...ThreadCount.availableCPUs).contains(peak.threads))
  }

  @Test func buffersCanBeReservedMoreThanOnce() throws {
    try BLAS.reserveBuffers(threads: 1)
    try BLAS.reserveBuffers(threads: 3)
    try BLAS.reserveBuffers(threads: 1)
  }
}
