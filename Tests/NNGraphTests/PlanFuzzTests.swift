import NNCore
import NNGraph
import NNKernels
import NNTestSupport
import Testing

/// Random graphs: with any passes, results must equal those of ops that run one by one.
@Suite struct PlanFuzzTests {
  @Test(arguments: 0..<150)
  func passesDoNotChangeResults(seed: Int) throws {
    let graph = Graph()
    var builder = RandomGraph(graph: graph, seed: UInt64(seed))
    builder.build()
    let fetches = builder.fetches
    let updates = builder.updates
    func run(_ options: Plan.Options) throws -> (results: [HostTensor], store: [HostTensor?]) {
      let store = VariableStore()
      for (name, tensor) in builder.variables { store[name] = tensor }
      let session = Session(
        try Plan(graph, fetches: fetches, updates: updates, options: options), variables: store)
      for (name, tensor) in builder.inputs { session.write(name, tensor) }
      // The second run must depend on the first only through the updated variables.
      session.run()
      session.run()
      return (fetches.map { session.read($0.name) }, builder.variables.map { store[$0.name] })
    }
    let plain = try run(.plain)
    let choices: [Plan.Options] = [
      .default, Plan.Options(simplifies: false), Plan.Options(fuses: false),
      Plan.Options(reusesMemory: false),
    ]
    for options in choices {
      let planned = try run(options)
      for (index, fetch) in fetches.enumerated() {
        expectClose(
          planned.results[index], plain.results[index], .float64, "seed \(seed), \(fetch.name)")
      }
      for (index, variable) in builder.variables.enumerated() {
        guard let actual = planned.store[index], let expected = plain.store[index] else {
          Issue.record("\(variable.name) is missing")
          continue
        }
        expectClose(actual, expected, .float64, "seed \(seed), variable \(variable.name)")
      }
    }
  }

  @Test func arenaIsSmallerThanItsTensors() throws {
    func plan(_ count: Int) throws -> Plan {
      let graph = Graph()
      var value = graph.input("x", TensorType([64, 64], .float32))
      for _ in 0..<count { value = value.matMul(value).tanh() }
      return try Plan(graph, fetches: [("y", value)])
    }
    // Scratch memory for the activation grows with the threads, which other tests change.
    var (threads, one, ten) = (WorkerPool.threads, try plan(1), try plan(10))
    while WorkerPool.threads != threads {
      (threads, one, ten) = (WorkerPool.threads, try plan(1), try plan(10))
    }
    #expect(ten.instructionCount == 10)
    // Two tensors are live at a time, in addition to scratch memory.
    #expect(ten.arenaByteCount <= one.arenaByteCount + 2 * 64 * 64 * 4)
    #expect(ten.unsharedByteCount >= 10 * 64 * 64 * 4)
  }

  @Test func biasAndActivationAreFusedIntoTheMatrixProduct() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([32, 20], .float32))
    let weight = graph.input("w", TensorType([20, 30], .float32))
    let bias = graph.variable("b", TensorType([30], .float32))
    let y = (x.matMul(weight) + bias).relu()
    #expect(try Plan(graph, fetches: [("y", y)]).instructionCount == 1)
    #expect(try Plan(graph, fetches: [("y", y)], options: .plain).instructionCount == 3)
  }

  @Test func constantsAreFoldedAndEqualNodesShared() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([5], .float64))
    let half = graph.constant(0.25, dtype: .float64) + graph.constant(0.25, dtype: .float64)
    let y = (x * half).exp() + (x * half).exp() * 1 + 0
    let plan = try Plan(graph, fetches: [("y", y)])
    #expect(plan.instructionCount == 1)
    let session = Session(plan, variables: VariableStore())
    session.write("x", HostTensor([0, 2, 4, -2, 1] as [Double]))
    session.run()
    for (actual, x) in zip(session.read("y").doubles, [0.0, 2, 4, -2, 1]) {
      let expected = 2 * exponential(x / 2)
      #expect(abs(actual - expected) <= 4e-16 * expected)
    }
  }

  private func exponential(_ x: Double) -> Double {
    // Enough terms for |x| ≤ 2 to the last bit or two.
    var sum = 1.0
    var term = 1.0
    for n in 1...40 {
      term *= x / Double(n)
      sum += term
    }
    return sum
  }
}

/// Builds a graph of random ops over a few shapes.
private struct RandomGraph {
  let graph: Graph
  private let random: Philox
  private var draws = 0
  private var values: [Value] = []
  private(set) var inputs: [(name: String, tensor: HostTensor)] = []
  private(set) var variables: [(name: String, tensor: HostTensor)] = []
  private(set) var fetches: [(name: String, value: Value)] = []
  private(set) var updates: [(variable: Value, value: Value)] = []
  private var variableValues: [Value] = []

  init(graph: Graph, seed: UInt64) {
    self.graph = graph
    random = Philox(seed: seed, stream: 77)
  }

  mutating func build() {
    let shapes: [Shape] = [[6, 5], [5], [6, 1], [], [6, 5], [30], [5, 6]]
    for (index, shape) in shapes.enumerated() {
      let tensor = HostTensor.random(
        shape, dtype: .float64, seed: UInt64(1000 + index), in: -1...1)
      if below(3) == 0 {
        variables.append(("v\(index)", tensor))
        let variable = graph.variable("v\(index)", TensorType(shape, .float64))
        variableValues.append(variable)
        values.append(variable)
      } else {
        inputs.append(("x\(index)", tensor))
        values.append(graph.input("x\(index)", TensorType(shape, .float64)))
      }
    }
    for _ in 0..<(5 + below(40)) { addOp() }
    for variable in variableValues {
      let candidates = values.filter { $0.type == variable.type }
      if below(4) > 0 { updates.append((variable, candidates[below(candidates.count)])) }
    }
    for index in 0..<3 { fetches.append(("f\(index)", values[values.count - 1 - index])) }
    let total = fetches.reduce(graph.constant(0, dtype: .float64)) { $0 + $1.value.tanh().sum() }
    let floats = values.prefix(shapes.count)
    let gradients = graph.gradients(of: total, withRespectTo: Array(floats))
    for (index, gradient) in gradients.enumerated() { fetches.append(("g\(index)", gradient)) }
    // A variable's contents after the run are compared through the store, not fetched.
    let updated = Set(updates.map(\.variable))
    fetches.removeAll { updated.contains($0.value) }
  }

  private mutating func addOp() {
    let a = values[below(values.count)]
    let peers = values.filter { $0.shape.broadcast(with: a.shape) != nil }
    let b = peers[below(peers.count)]
    let result: Value =
      switch below(14) {
      case 0: a + b
      case 1: a * b
      case 2: a - b
      case 3: a.tanh()
      case 4: a.sigmoid() * b
      case 5: a.relu() + 0.5
      case 6: a.shape.rank > 0 ? a.sum(axes: [below(a.shape.rank)], keepDimensions: true) : a * 2
      case 7: a.shape.rank == 2 ? a.transposed() : a.exp().tanh()
      case 8: a.shape.elementCount == 30 ? a.reshaped(to: [30]) : a.mean()
      case 9: a.shape.elementCount == 30 ? a.reshaped(to: [6, 5]) : -a
      case 10: a.shape == [6, 5] ? a.matMul(a.transposed()).matMul(a).tanh() : a.square().tanh()
      case 11: a.shape.rank == 1 && a.shape[0] >= 5 ? a.slice(at: 1, shape: [4]) : a + 1
      case 12:
        a.shape == [5] && b.shape == [5]
          ? graph.pack([a, b.tanh()], offsets: [0, 10], count: 30) : a.broadcast(to: a.shape)
      default: a.shape == [6, 5] ? a.matMul(values.first { $0.shape == [5, 6] } ?? a) : a / 3
      }
    if !result.isPoisoned, result.shape.elementCount <= 900 { values.append(result) }
  }

  private mutating func below(_ bound: Int) -> Int {
    draws += 1
    return random.integer(draws, below: bound)
  }
}
