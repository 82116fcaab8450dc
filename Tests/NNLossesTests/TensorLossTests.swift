import NNCore
import NNGraph
import NNLosses
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("losses of several tensors") struct TensorLossTests {
  /// Value and gradients of a loss; a loss for each example is summed.
  private func evaluate(
    _ loss: any Loss, _ tensors: [HostTensor]
  ) throws -> (value: HostTensor, gradients: [HostTensor]) {
    let graph = Graph()
    let values = tensors.enumerated().map {
      graph.input("x\($0)", TensorType($1.shape, $1.dtype))
    }
    let value = loss(values)
    try graph.validate()
    let gradients = graph.gradients(of: value.sum(), withRespectTo: values)
    var outputs = [(name: "loss", value: value)]
    outputs += gradients.enumerated().map { (name: "g\($0)", value: $1) }
    let function = try Function(graph, outputs: outputs)
    let found = try function(
      Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ("x\($0)", $1) }))
    return (
      try #require(found["loss"]), try tensors.indices.map { try #require(found["g\($0)"]) }
    )
  }

  private func expectGradients(_ loss: any Loss, _ tensors: [HostTensor]) throws {
    let found = try evaluate(loss, tensors).gradients
    for index in tensors.indices {
      let expected = try numericalGradient(at: tensors[index]) { moved in
        var others = tensors
        others[index] = moved
        return try evaluate(loss, others).value.doubles.reduce(0, +)
      }
      expectClose(
        found[index], expected, Tolerance(relative: 1e-6, absolute: 1e-8), "\(loss.name) \(index)")
    }
  }

  private static let triplet = (2...4).map { HostTensor.random([5, 3], seed: UInt64($0)) }

  @Test("triplet margin: plain loops", arguments: [1.0, 2, 3, .infinity], [false, true])
  func tripletMargin(order: Double, swap: Bool) throws {
    let loss = TripletMargin(margin: 0.4, order: order, swap: swap, reduction: .none)
    func distance(_ x: ArraySlice<Double>, _ y: ArraySlice<Double>) -> Double {
      let parts = zip(x, y).map { abs($0 - $1 + 1e-6) }
      guard order.isFinite else { return parts.max() ?? 0 }
      return pow(parts.reduce(0) { $0 + pow($1, order) }, 1 / order)
    }
    let rows = Self.triplet.map(\.doubles)
    let expected = (0..<5).map { row in
      let (a, p, n) = (
        rows[0][row * 3..<row * 3 + 3], rows[1][row * 3..<row * 3 + 3],
        rows[2][row * 3..<row * 3 + 3]
      )
      let far = swap ? min(distance(a, n), distance(p, n)) : distance(a, n)
      return max(distance(a, p) - far + 0.4, 0)
    }
    expectClose(try evaluate(loss, Self.triplet).value.doubles, expected)
    #expect((swap || expected.contains(0)) && expected.contains { $0 > 0 })
    try expectGradients(loss, Self.triplet)
    let mean = TripletMargin(margin: 0.4, order: order, swap: swap)
    expectClose(
      try evaluate(mean, Self.triplet).value.doubles, [expected.reduce(0, +) / 5])
  }

  @Test("divergence of a Gaussian: plain loops")
  func gaussianKL() throws {
    let tensors = [HostTensor.random([4, 3], seed: 2), HostTensor.random([4, 3], seed: 3)]
    let (mean, logVariance) = (tensors[0].doubles, tensors[1].doubles)
    let terms = zip(mean, logVariance).map { (mean, log) -> Double in
      0.5 * (mean * mean + exp(log) - 1 - log)
    }
    let rows = (0..<4).map { row in terms[row * 3..<row * 3 + 3].reduce(0, +) }
    expectClose(
      try evaluate(GaussianKL(reduction: .none), tensors).value.doubles, rows)
    expectClose(try evaluate(GaussianKL(), tensors).value.doubles, [rows.reduce(0, +) / 4])
    try expectGradients(GaussianKL(), tensors)
    // The standard normal distribution itself.
    let zeros = HostTensor(zeros: [2, 3], dtype: .float64)
    #expect(try evaluate(GaussianKL(), [zeros, zeros]).value.doubles == [0])
  }

  @Test("incompatible shapes")
  func mismatches() {
    let (a, b) = (HostTensor.random([5, 3]), HostTensor.random([5, 2]))
    expectError("loss triplet_margin takes outputs of the anchor's shape [5, 3], gets [5, 2]") {
      _ = try evaluate(TripletMargin(), [a, a, b])
    }
    expectError("loss gaussian_kl takes two outputs [N, features], gets [5, 3] and [5, 2]") {
      _ = try evaluate(GaussianKL(), [a, b])
    }
  }
}
