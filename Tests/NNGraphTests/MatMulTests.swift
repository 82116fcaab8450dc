import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Matrix products against three nested loops in Float64.
@Suite struct MatMulTests {
  /// op(A) · op(B) of single matrices.
  private func product(
    _ a: [Double], _ b: [Double], m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool
  ) -> [Double] {
    (0..<m * n).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: n)
      return (0..<k).reduce(0) { sum, i in
        sum + a[transposeA ? i * m + row : row * k + i]
          * b[transposeB ? column * k + i : i * n + column]
      }
    }
  }

  @Test(
    arguments: [
      (1, 1, 1), (3, 5, 4), (2, 7, 0), (0, 3, 2), (1, 33, 9), (200, 129, 100), (70, 530, 60),
      (20, 21, 5000),
    ], [false, true])
  func everyTranspositionEqualsLoops(size: (m: Int, n: Int, k: Int), transposeA: Bool) throws {
    let (m, n, k) = size
    for transposeB in [false, true] {
      for dtype in [DType.float64, .float32] {
        let a = HostTensor.random(transposeA ? [k, m] : [m, k], dtype: dtype, seed: 1)
        let b = HostTensor.random(transposeB ? [n, k] : [k, n], dtype: dtype, seed: 2)
        let found = try evaluate([a, b]) {
          [$0[0].matMul($0[1], transposeA: transposeA, transposeB: transposeB)]
        }[0]
        let expected = product(
          a.doubles, b.doubles, m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
        expectClose(found, HostTensor(doubles: expected, shape: [m, n], dtype: dtype))
      }
    }
  }

  @Test func epiloguesReachEveryElementOnce() throws {
    // Split by rows, by columns, by sums, and not at all.
    for (m, n, k) in [(300, 90, 80), (40, 700, 90), (20, 21, 6000), (5, 6, 7)] {
      let a = HostTensor.random([m, k], seed: 3)
      let b = HostTensor.random([k, n], seed: 4)
      let bias = HostTensor.random([n], seed: 5)
      let found = try evaluate([a, b, bias]) { [($0[0].matMul($0[1]) + $0[2]).relu()] }[0]
      let plain = product(
        a.doubles, b.doubles, m: m, n: n, k: k, transposeA: false, transposeB: false)
      let shift = bias.doubles
      let expected = plain.enumerated().map { max(0, $0.element + shift[$0.offset % n]) }
      expectClose(found, HostTensor(expected, shape: [m, n]))
    }
  }

  @Test func leadingAxesBroadcast() throws {
    let a = HostTensor.random([2, 1, 2, 3], seed: 6)
    let b = HostTensor.random([5, 3, 4], seed: 7)
    let found = try evaluate([a, b]) { [$0[0].matMul($0[1])] }[0]
    #expect(found.shape == [2, 5, 2, 4])
    var expected: [Double] = []
    for left in 0..<2 {
      for right in 0..<5 {
        expected += product(
          Array(a.doubles[left * 6..<left * 6 + 6]), Array(b.doubles[right * 12..<right * 12 + 12]),
          m: 2, n: 4, k: 3, transposeA: false, transposeB: false)
      }
    }
    expectClose(found.doubles, expected)
  }

  @Test func vectorsAreRowsOnTheLeftAndColumnsOnTheRight() throws {
    let matrix = HostTensor([1, 2, 3, 4, 5, 6] as [Double], shape: [2, 3])
    let two = HostTensor([10, 100] as [Double])
    let three = HostTensor([1, 10, 100] as [Double])
    let found = try evaluate([matrix, two, three]) {
      [
        $0[1].matMul($0[0]), $0[0].matMul($0[2]), $0[2].matMul($0[2]),
        $0[2].matMul($0[0], transposeB: true),
      ]
    }
    #expect(found.map(\.shape) == [[3], [2], [], [2]])
    #expect(found[0].doubles == [410, 520, 630])
    #expect(found[1].doubles == [321, 654])
    #expect(found[2].doubles == [10101])
    #expect(found[3].doubles == [321, 654])
  }

  /// The weight gradient of a layer over sequences is one matrix product.
  @Test func gradientsOfSequencesSumOverAllLeadingAxes() throws {
    let x = HostTensor.random([2, 3, 4], seed: 8)
    let weight = HostTensor.random([5, 4], seed: 9)
    let found = try gradients([x, weight]) { $0[0].matMul($0[1], transposeB: true) }
    let columns = (0..<4).map { i in (0..<6).reduce(0.0) { $0 + x.doubles[$1 * 4 + i] } }
    expectClose(found[1].doubles, (0..<5).flatMap { _ in columns })
    let rows = (0..<4).map { i in (0..<5).reduce(0.0) { $0 + weight.doubles[$1 * 4 + i] } }
    expectClose(found[0].doubles, (0..<6).flatMap { _ in rows })
  }

  @Test func errorsNameBothShapes() {
    let text = diagnosticText([TensorType([3, 4], .float32), TensorType([5, 6], .float32)]) {
      $0[0].matMul($0[1], transposeB: true)
    }
    #expect(text.contains("[3, 4] and [5, 6]ᵀ"))
    #expect(text.contains("4 and 6 differ"))
    let scalar = diagnosticText([TensorType([], .float32), TensorType([2], .float32)]) {
      $0[0].matMul($0[1])
    }
    #expect(scalar.contains("two axes"))
  }

  /// A right side that is constant across runs is packed once; the results equal those without
  /// packing.
  @Test(arguments: [DType.float32, .float64], [false, true])
  func invariantRightSidesArePacked(dtype: DType, transposed: Bool) throws {
    let sizes = [
      (8, 16, 16), (13, 47, 33), (64, 48, 600), (300, 130, 70), (257, 100, 16), (9, 97, 16),
    ]
    for (m, n, k) in sizes {
      let graph = Graph()
      let x = graph.input("x", TensorType([m, k], dtype))
      let w = graph.variable("w", TensorType(transposed ? [n, k] : [k, n], dtype))
      let b = graph.variable("b", TensorType([n], dtype))
      let product = x.matMul(w, transposeB: transposed)
      let fetches = [("product", product), ("active", (product + b).relu())]
      let plan = try Plan(graph, fetches: fetches)
      #expect(plan.description.contains("packedMatMul(columns=\(n))"))
      let training = try Plan(graph, fetches: fetches, updates: [(w, w * 2)])
      #expect(!training.description.contains("packed"))
      let store = VariableStore()
      store["w"] = .random(w.shape, dtype: dtype, seed: 1)
      store["b"] = .random([n], dtype: dtype, seed: 2)
      let packed = Session(plan, variables: store)
      let plain = Session(try Plan(graph, fetches: fetches, options: .plain), variables: store)
      for seed in [3, 4] {
        for session in [packed, plain] {
          session.write("x", .random([m, k], dtype: dtype, seed: UInt64(seed)))
          session.run()
        }
        for name in ["product", "active"] {
          expectClose(packed.read(name), plain.read(name), nil, "\(name) of \(m)×\(n)×\(k)")
        }
        store["w"] = .random(w.shape, dtype: dtype, seed: 5)
      }
    }
  }

  @Test func fewRowsAndChangingRightSidesAreNotPacked() throws {
    for (m, n, k) in [(7, 64, 64), (64, 15, 64), (64, 64, 15)] {
      let graph = Graph()
      let x = graph.input("x", TensorType([m, k], .float32))
      let w = graph.variable("w", TensorType([k, n], .float32))
      let plan = try Plan(graph, fetches: [("y", x.matMul(w))])
      #expect(!plan.description.contains("packed"))
    }
    let graph = Graph()
    let (x, y) = (
      graph.input("x", TensorType([64, 64], .float32)),
      graph.input("y", TensorType([64, 64], .float32))
    )
    #expect(try !Plan(graph, fetches: [("z", x.matMul(y))]).description.contains("packed"))
  }
}
