import NNCore
import NNGraph
import NNLosses
import NNTestSupport
import Testing

@Suite("Quantiles")
struct QuantileTests {
  @Test func lossByHand() throws {
    // Two targets with the levels 0.25 and 0.75 each: d = 2, −2, 0, 4.
    let output = HostTensor([1.0, 5, -1, -5], shape: [1, 4])
    let target = HostTensor([3.0, -1], shape: [1, 2])
    let result = try evaluate(
      Quantile(levels: [0.25, 0.75], reduction: .none), output, target)
    #expect(result.value == HostTensor([0.5, 0.5, 0, 3], shape: [1, 4]))
    #expect(result.gradient.doubles == [-0.25, 0.25, 0.25, -0.75])
    let mean = try evaluate(Quantile(levels: [0.25, 0.75]), output, target)
    #expect(mean.value == HostTensor(scalar: 1.0))
  }

  /// The constant with the least mean loss is the quantile of the targets.
  @Test func theMinimumIsTheQuantile() throws {
    let targets = HostTensor((1...9).map(Double.init), shape: [9, 1])
    for (level, quantile) in [(0.15, 2.0), (0.5, 5), (0.85, 8)] {
      let losses = try (1...9).map { value in
        try evaluate(
          Quantile(levels: [level]),
          HostTensor([Double](repeating: Double(value), count: 9), shape: [9, 1]), targets
        ).value.doubles[0]
      }
      let best = losses.indices.min { losses[$0] < losses[$1] }
      #expect(best.map { Double($0 + 1) } == quantile, "\(level)")
    }
  }

  @Test func levels() throws {
    for wrong in [[], [0], [1], [0.5, 0.5], [0.9, 0.1], [.nan], [-0.1]] {
      #expect(QuantileLevels(wrong) == nil, "\(wrong)")
    }
    let levels = try #require(QuantileLevels([0.1, 0.5, 0.9]))
    #expect(levels.count == 3 && levels.names == ["q0.1", "q0.5", "q0.9"])
    expectClose([levels.nominalCoverage], [0.8])
    #expect(Quantile().quantiles == levels && MeanSquaredError().quantiles == nil)
  }

  @Test func quantilesAreSorted() throws {
    let levels = try #require(QuantileLevels([0.1, 0.5, 0.9]))
    let outputs = HostTensor([1, 2, 3, 6, 5, 4, 7, 7, 8, 9, 7, 8] as [Float], shape: [2, 6])
    let sorted = levels.sorted(outputs)
    #expect(
      sorted.outputs
        == HostTensor([1, 2, 3, 4, 5, 6, 7, 7, 8, 7, 8, 9] as [Float], shape: [2, 6]))
    #expect(sorted.crossed == [1, 3])
    #expect(levels.points(of: outputs) == HostTensor([2, 5, 7, 8] as [Float], shape: [2, 2]))
    let one = try #require(QuantileLevels([0.9]))
    #expect(one.sorted(outputs).crossed.isEmpty && one.points(of: outputs) == outputs)
  }

  @Test("without a median, points lie between the levels around it")
  func pointsBetweenLevels() throws {
    func point(_ levels: [Double], _ outputs: [Double]) throws -> Double {
      try #require(QuantileLevels(levels))
        .points(of: HostTensor(outputs, shape: [1, outputs.count])).doubles[0]
    }
    #expect(try point([0.25, 0.75], [2, 6]) == 4)
    expectClose([try point([0.1, 0.4, 0.8], [0, 1, 5])], [2])
    #expect(try point([0.6, 0.9], [3, 9]) == 3)
    #expect(try point([0.1, 0.2], [3, 9]) == 9)
  }

  @Test func refusesOtherShapesAndLevels() {
    func check(
      _ levels: [Double], _ output: Shape, _ target: Shape, _ message: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let graph = Graph()
      let value = Quantile(levels: levels)(
        graph.input("output", TensorType(output, .float32)),
        graph.input("target", TensorType(target, .float32)))
      #expect(value.isPoisoned, sourceLocation: sourceLocation)
      expectError(message, sourceLocation: sourceLocation) { try graph.validate() }
    }
    check(
      [0.1, 0.9], [4, 3], [4, 2],
      "loss quantile takes 2 outputs for each target: [4, 4] for targets [4, 2], gets [4, 3]")
    check([0.1, 0.9], [4, 2], [4, 2], "end with a layer of 4 outputs")
    check([0.9, 0.1], [4, 4], [4, 2], "ascending levels above 0 and below 1")
    check([0.5], [], [], "takes targets [N, K], gets a scalar")
  }
}
