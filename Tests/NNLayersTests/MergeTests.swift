import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite("layers with several inputs") struct MergeTests {
  private static let a = HostTensor([1.0, -2, 3, 4, 0.5, -6], shape: [2, 3])
  private static let b = HostTensor([2.0, 5, -1, 4, -0.25, 8], shape: [2, 3])
  private static let c = HostTensor([0.5, 1, 1, -3, 2, 7], shape: [2, 3])

  private func merged(
    _ layer: any Layer, _ parts: [HostTensor]
  ) throws -> HostTensor {
    let names = parts.indices.map { "x\($0)" }
    let inputs = Ports(named: Array(zip(names, parts)).map { (name: $0, part: $1) })
    let network = Model(LayerGraph(inputs: names, [.init(from: names, layer)]))
    return try #require(try PortNetwork(network, inputs).run(inputs).outputs["output"])
  }

  @Test("each operation on three inputs", arguments: Merge.Operation.allCases)
  func operations(operation: Merge.Operation) throws {
    let parts = operation == .subtract ? [Self.a, Self.b] : [Self.a, Self.b, Self.c]
    let found = try merged(Merge(operation), parts)
    for index in 0..<6 {
      let numbers = parts.map { $0.doubles[index] }
      let expected =
        switch operation {
        case .add: numbers.reduce(0, +)
        case .subtract: numbers[0] - numbers[1]
        case .multiply: numbers.reduce(1, *)
        case .average: numbers.reduce(0, +) / 3
        case .maximum: numbers.max() ?? 0
        case .minimum: numbers.min() ?? 0
        }
      expectClose([found.doubles[index]], [expected])
    }
  }

  @Test func scalarProductsAndCosines() throws {
    let (a, b) = (Self.a.doubles, Self.b.doubles)
    func dot(_ x: [Double], _ y: [Double], _ row: Int) -> Double {
      let columns = row * 3..<row * 3 + 3
      return zip(x[columns], y[columns]).map { $0 * $1 }.reduce(0, +)
    }
    func norm(_ x: [Double], _ row: Int) -> Double { dot(x, x, row).squareRoot() }
    let dots = (0..<2).map { dot(a, b, $0) }
    let found = try merged(DotProduct(), [Self.a, Self.b])
    #expect(found.shape == [2, 1])
    expectClose(found.doubles, dots)
    expectClose(
      try merged(DotProduct(axis: 1, normalize: true), [Self.a, Self.b]).doubles,
      (0..<2).map { row -> Double in dots[row] / (norm(a, row) * norm(b, row)) })
  }

  @Test func concatenation() throws {
    let found = try merged(Concat(axis: -1), [Self.a, HostTensor([9.0, 8], shape: [2, 1])])
    #expect(found == HostTensor([1.0, -2, 3, 9, 4, 0.5, -6, 8], shape: [2, 4]))
  }

  @Test func aColumnIsBroadcast() throws {
    let found = try merged(Merge(.add), [Self.a, HostTensor([10.0, 20], shape: [2, 1])])
    #expect(found.doubles == [11, 8, 13, 24, 20.5, 14])
  }

  @Test(
    "incompatible inputs",
    arguments: [
      (Merge(.add), 2, "`0` (Add): expects inputs of the first one's shape [N, 3], gets [N, 2]"),
      (DotProduct(), 2, "`0` (DotProduct): expects the first input's shape [N, 3], gets [N, 2]"),
      (DotProduct(axis: 0), 3, "expects an axis 0 other than the batch axis"),
      (Concat(axis: 2), 3, "`0` (Concat): expects an axis 2 to concatenate along"),
    ] as [(any Layer, Int, String)])
  func mismatches(layer: any Layer, columns: Int, message: String) {
    expectError(message) {
      _ = try merged(layer, [Self.a, HostTensor(zeros: [2, columns], dtype: .float64)])
    }
  }

  @Test("other numbers of inputs")
  func counts() {
    expectError("`0` (Subtract): takes two inputs, gets 3") {
      _ = try merged(Merge(.subtract), [Self.a, Self.b, Self.c])
    }
    expectError("`0` (Average): takes two inputs or more, gets 1") {
      _ = try merged(Merge(.average), [Self.a])
    }
    expectError("`0` (DotProduct): takes two inputs, gets 1") {
      _ = try merged(DotProduct(), [Self.a])
    }
    expectError("`0` (Concat): needs at least one branch, or several inputs") {
      _ = try merged(Concat(), [Self.a])
    }
    expectError("`0` (Concat): has branches, so it takes one input, gets 2") {
      _ = try merged(Concat([[ReLU()]]), [Self.a, Self.b])
    }
  }
}
