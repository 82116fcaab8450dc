import NNCore
import NNGraph
import NNTestSupport
import Testing

@Suite struct RunTimesTests {
  @Test func instructionsAndLayers() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([8, 16], .float32))
    graph.path = "`0` (first)"
    let first = x.matMul(graph.variable("a", TensorType([16, 32], .float32))).tanh()
    graph.path = "`1` (second)"
    let second = first.matMul(graph.variable("b", TensorType([32, 4], .float32)))
    graph.path = ""
    let plan = try Plan(graph, fetches: [("sum", second.sum())])
    let plain = Session(plan, variables: VariableStore())
    #expect(plain.times == nil)
    let session = Session(plan, variables: VariableStore(), memory: nil, measuresTimes: true)
    let times = try #require(session.times)
    for _ in 0..<3 { session.run() }
    #expect(times.runs == 3)
    #expect(times.entries.count == plan.instructionCount + 1)
    // The activation is fused into its matrix product.
    #expect(times.layers.map(\.path) == ["`0` (first)", "`1` (second)", ""])
    #expect(times.layers.map(\.multiplyAdds) == [8 * 16 * 32, 8 * 32 * 4, 0])
    #expect(times.layers[0].seconds > 0 && times.layers[1].seconds > 0)
    let entries = times.entries.reduce(Duration.zero) { $0 + $1.duration }
    let layers = times.layers.reduce(0) { $0 + $1.seconds }
    expectClose([3 * layers], [entries / .seconds(1)], Tolerance(relative: 1e-9))
    times.reset()
    #expect(times.runs == 0 && times.entries.allSatisfy { $0.duration == .zero })
  }
}
