import NNCore
import NNGraph
import NNLayers

/// A model prepared to run on one input shape, for tests.
struct Network {
  let layout: ParameterLayout
  let graph = Graph()
  let output: Model.Output
  let store = VariableStore()
  private let input: TensorType

  /// Builds a model; variables start from the given tensors or from the seed.
  init(
    _ model: Model, input: TensorType, mode: Mode = .evaluation, seed: UInt64 = 1,
    tensors: [String: HostTensor]? = nil
  ) throws {
    self.input = input
    layout = try model.layout(input: input)
    output = model.build(
      in: graph, input: graph.input("input", input), layout: layout, mode: mode,
      randomState: graph.input("random", TensorType([2], .int64)))
    let initial = try tensors ?? layout.initialize(seed: seed)
    for (name, tensor) in try layout.variables(from: initial) { store[name] = tensor }
  }

  /// Returns the output and the gradients of Σ output·cotangent by name (also of `input`), and
  /// updates the buffers.
  func run(
    _ tensor: HostTensor, cotangent: HostTensor? = nil, step: Int64 = 1
  ) throws -> [String: HostTensor] {
    var fetches = [(name: "output", value: output.value)]
    if let cotangent {
      let weights = graph.constant(cotangent)
      let loss = (output.value * weights).sum()
      fetches.append(("gradient", output.gradient(of: loss)))
      fetches.append(
        (
          "input",
          graph.gradients(of: loss, withRespectTo: [graph.input("input", input)])[0]
        ))
    }
    let plan = try Plan(graph, fetches: fetches, updates: output.bufferUpdates)
    let session = Session(plan, variables: store)
    session.write("input", tensor)
    session.write("random", HostTensor([42, step] as [Int64]))
    session.run()
    var results = Dictionary(
      uniqueKeysWithValues: fetches.map { ($0.name, session.read($0.name)) })
    if let flat = results.removeValue(forKey: "gradient") {
      for (name, part) in layout.parts(of: flat) { results[name] = part }
    }
    return results
  }
}
