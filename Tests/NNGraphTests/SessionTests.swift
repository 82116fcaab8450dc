import NNCore
import NNGraph
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct SessionTests {
  /// With and without the passes, the results equal closed forms.
  @Test func elementwiseChainBroadcastsAndReduces() throws {
    for options in [Plan.Options.plain, .default] {
      let graph = Graph()
      let x = graph.input("x", TensorType([3, 5], .float64))
      let bias = graph.input("b", TensorType([5], .float64))
      let y = ((x + bias) * 2 / 4).exp()
      let total = y.sum(axes: [1])
      let gradients = graph.gradients(of: total.sum(), withRespectTo: [x, bias])
      let plan = try Plan(
        graph, fetches: [("y", y), ("total", total), ("dx", gradients[0]), ("db", gradients[1])],
        options: options)
      let session = Session(plan, variables: VariableStore())
      let xs = (0..<15).map { Double($0) * 0.1 }
      let bs = (0..<5).map { Double($0) * -0.2 }
      session.write("x", HostTensor(xs, shape: [3, 5]))
      session.write("b", HostTensor(bs))
      session.run()
      let expected = (0..<15).map { index -> Double in exp((xs[index] + bs[index % 5]) / 2) }
      for (a, b) in zip(session.read("y").doubles, expected) { #expect(abs(a - b) < 1e-14) }
      for (a, b) in zip(session.read("dx").doubles, expected) { #expect(abs(a - b / 2) < 1e-14) }
      for row in 0..<3 {
        let sum = expected[row * 5..<row * 5 + 5].reduce(0, +)
        #expect(abs(session.read("total").doubles[row] - sum) < 1e-13)
      }
      for column in 0..<5 {
        let sum = (0..<3).reduce(0.0) { $0 + expected[$1 * 5 + column] / 2 }
        #expect(abs(session.read("db").doubles[column] - sum) < 1e-13)
      }
    }
  }

  /// An update reads old contents everywhere and writes in place.
  @Test func updatesTakeEffectTogether() throws {
    let graph = Graph()
    let a = graph.variable("a", TensorType([4], .float32))
    let b = graph.variable("b", TensorType([4], .float32))
    let plan = try Plan(graph, fetches: [], updates: [(a, b), (b, a + b)])
    let store = VariableStore()
    store["a"] = HostTensor([1, 2, 3, 4] as [Float])
    store["b"] = HostTensor([10, 20, 30, 40] as [Float])
    let session = Session(plan, variables: store)
    session.run()
    #expect(store["a"]?.doubles == [10, 20, 30, 40])
    #expect(store["b"]?.doubles == [11, 22, 33, 44])
    session.run()
    #expect(store["a"]?.doubles == [11, 22, 33, 44])
    #expect(store["b"]?.doubles == [21, 42, 63, 84])
  }

  /// Results that depend only on variables are recomputed exactly when the variables may have
  /// changed: by the caller, or by another session of the same store.
  @Test func resultsOfVariablesAreRecomputed() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([3], .float64))
    let w = graph.variable("w", TensorType([3], .float64))
    // The sum cannot be fused into the product that reads it.
    let scale = w.exp().sum().reshaped(to: [1])
    let use = try Plan(graph, fetches: [("y", x * scale), ("scale", scale)])
    let change = try Plan(graph, fetches: [], updates: [(w, w + 1)])
    let store = VariableStore()
    store["w"] = HostTensor([0, 1, 2] as [Double])
    let (user, changer) = (Session(use, variables: store), Session(change, variables: store))
    func expectResult(_ numbers: [Double]) {
      for factor in [1.0, -2] {
        user.write("x", HostTensor([factor, 2 * factor, 0] as [Double]))
        user.run()
        let sum = numbers.map { exp($0) }.reduce(0, +)
        #expect(abs(user.readScalar("scale") - sum) < 1e-13 * sum)
        for (found, part) in zip(user.read("y").doubles, [factor, 2 * factor, 0]) {
          #expect(abs(found - part * sum) < 1e-13 * sum)
        }
      }
    }
    expectResult([0, 1, 2])
    changer.run()
    expectResult([1, 2, 3])
    store["w"] = HostTensor([-1, 0, 4] as [Double])
    expectResult([-1, 0, 4])
    changer.run()
    changer.run()
    expectResult([1, 2, 6])
  }

  /// An update that depends only on other variables still runs every time, after `run(before:)`.
  @Test func invariantUpdatesRunAfterTheOthers() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([2], .float64))
    let a = graph.variable("a", TensorType([2], .float64))
    let b = graph.variable("b", TensorType([2], .float64))
    let plan = try Plan(graph, fetches: [("y", x * a.exp())], updates: [(b, a.exp())])
    let store = VariableStore()
    store["a"] = HostTensor([0, 1] as [Double])
    let session = Session(plan, variables: store)
    session.write("x", HostTensor([2, 3] as [Double]))
    func expectClose(_ found: [Double]?, _ expected: [Double]) {
      let errors = zip(found ?? [], expected).map { abs($0 - $1) }
      #expect(errors.count == expected.count && errors.allSatisfy { $0 < 1e-14 }, "\(errors)")
    }
    for start in [[5.0, 6], [7, 8]] {
      store["b"] = HostTensor(start)
      session.run(before: ["b"])
      #expect(store["b"]?.doubles == start)
      session.runRest()
      expectClose(store["b"]?.doubles, [1, exp(1)])
      expectClose(session.read("y").doubles, [2, 3 * exp(1)])
    }
    session.run(before: ["b"])
    session.run()
    expectClose(session.read("y").doubles, [2, 3 * exp(1)])
  }

  /// A fetched value that could be fused with an update is available before the update.
  @Test(arguments: ["neighbours", "epilogue", "reduction", "chain", "view"])
  func fetchesComeBeforeUpdates(kind: String) throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([2, 2], .float64))
    let v = graph.variable("v", TensorType([2, 2], .float64))
    let w = graph.variable("w", TensorType([2, 2], .float64))
    let y: Value
    let updates: [(Value, Value)]
    switch kind {
    case "neighbours":
      y = x.exp()
      updates = [(v, v - y * 0.5)]
    case "epilogue":
      y = x.matMul(w).relu()
      updates = [(v, v - y * 0.5)]
    case "reduction":
      y = (x * v).exp().sum(axes: [1], keepDimensions: true)
      updates = [(v, v - y * 0.5)]
    case "view":
      y = x.exp()
      updates = [(v, (y + 1).reshaped(to: [4]).reshaped(to: [2, 2]))]
    default:
      // y could be fused with the update of w, which reads the update of v.
      y = x.exp()
      let next = v - x.sum(axes: [0], keepDimensions: true) * 0.5
      updates = [(v, next), (w, next.matMul(x) + y)]
    }
    let store = VariableStore()
    func values(_ options: Plan.Options) throws -> [[Double]?] {
      let start = HostTensor([0.5, -1, 2, 1] as [Double], shape: [2, 2])
      (store["v"], store["w"]) = (start, start)
      let plan = try Plan(graph, fetches: [("y", y)], updates: updates, options: options)
      let session = Session(plan, variables: store)
      session.write("x", HostTensor([1, -2, 3, 0.25] as [Double], shape: [2, 2]))
      session.run(before: ["v", "w"])
      let found = session.read("y").doubles
      #expect(store["v"] == start && store["w"] == start)
      session.runRest()
      #expect(session.read("y").doubles == found)
      return [found, store["v"]?.doubles, store["w"]?.doubles]
    }
    #expect(try values(.default) == values(.plain))
  }

  @Test func errorsAreThrownTogether() {
    let graph = Graph()
    let x = graph.input("x", TensorType([3, 5], .float64))
    let y = graph.input("y", TensorType([4], .float64))
    graph.path = "`1` (Add)"
    let bad = x + y
    _ = bad.exp()
    #expect(throws: NNError.self) { _ = try Plan(graph, fetches: [("y", bad)]) }
    #expect(graph.diagnostics.count == 1)
    #expect(graph.diagnostics.first?.path == "`1` (Add)")
  }
}
