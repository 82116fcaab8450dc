import NNCore
import NNGraph
import NNLayers

/// A model with any inputs and outputs, prepared to run in float64, for tests.
struct PortNetwork {
  let layout: ParameterLayout
  let store = VariableStore()
  private let model: Model
  private let mode: Mode

  /// Builds a model for inputs of these shapes; variables start from the seed.
  init(
    _ model: Model, _ inputs: Ports<HostTensor>, mode: Mode = .evaluation, seed: UInt64 = 1
  ) throws {
    self.model = model
    self.mode = mode
    layout = try model.layout(
      InputSignature(
        inputs.map { TensorType(Shape(Array($1.shape.dimensions.dropFirst())), $1.dtype) },
        dtype: .float64))
    for (name, tensor) in try layout.variables(from: layout.initialize(seed: seed)) {
      store[name] = tensor
    }
  }

  /// The outputs by name, and the gradients of the sum of all outputs times cotangents by parameter;
  /// updates the buffers in training.
  func run(
    _ inputs: Ports<HostTensor>, cotangents: [String: HostTensor] = [:]
  ) throws -> (outputs: [String: HostTensor], gradients: [String: HostTensor]) {
    let graph = Graph()
    let built = model.build(
      in: graph, input: inputs.map { graph.input($0, TensorType($1.shape, $1.dtype)) },
      layout: layout, mode: mode, randomState: graph.input("random", TensorType([2], .int64)))
    try graph.validate()
    var outputs: [(name: String, value: Value)] = []
    built.outputs.forEach { outputs.append((name: "out/\($0)", value: $1)) }
    if !cotangents.isEmpty {
      let terms = cotangents.sorted { $0.key < $1.key }.compactMap { name, cotangent in
        built.outputs[name].map { ($0 * graph.constant(cotangent)).sum() }
      }
      let loss = terms.dropFirst().reduce(terms[0], +)
      outputs.append(("gradient", built.gradient(of: loss)))
    }
    let function = try Function(
      graph, outputs: outputs, updates: built.bufferUpdates, variables: store)
    inputs.forEach { try? function.write($0, $1) }
    try function.write("random", HostTensor([42, 1] as [Int64]))
    try function.run()
    var results: [String: HostTensor] = [:]
    try built.outputs.names.forEach { results[$0] = try function.read("out/\($0)") }
    guard !cotangents.isEmpty else { return (results, [:]) }
    let parts = layout.parts(of: try function.read("gradient"))
    return (results, Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.tensor) }))
  }

  /// A parameter's present value.
  func parameter(_ name: String) throws -> HostTensor {
    var variables: [String: HostTensor] = [:]
    for variable in store.names { variables[variable] = store[variable] }
    return try layout.tensors(from: variables).first { $0.name == name }?.tensor
      ?? HostTensor([0.0])
  }

  /// Replaces one parameter.
  func setParameter(_ name: String, _ tensor: HostTensor) throws {
    var variables: [String: HostTensor] = [:]
    for variable in store.names { variables[variable] = store[variable] }
    var tensors = Dictionary(
      uniqueKeysWithValues: try layout.tensors(from: variables).map { ($0.name, $0.tensor) })
    tensors[name] = tensor
    for (variable, value) in try layout.variables(from: tensors) { store[variable] = value }
  }
}
