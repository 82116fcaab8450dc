import NNCore
import NNGraph

/// Builds a graph of some input tensors, runs it and returns the results.
func evaluate(_ inputs: [HostTensor], _ build: ([Value]) -> [Value]) throws -> [HostTensor] {
  let graph = Graph()
  let values = inputs.enumerated().map {
    graph.input("x\($0.offset)", TensorType($0.element.shape, $0.element.dtype))
  }
  let results = build(values)
  let plan = try Plan(
    graph, fetches: results.enumerated().map { ("y\($0.offset)", $0.element) })
  let session = Session(plan, variables: VariableStore())
  for (index, tensor) in inputs.enumerated() { session.write("x\(index)", tensor) }
  session.run()
  return results.indices.map { session.read("y\($0)") }
}

/// The gradients of the sum of `build`'s result with respect to each floating-point input.
func gradients(
  _ inputs: [HostTensor], _ build: @escaping ([Value]) -> Value
) throws -> [HostTensor] {
  try evaluate(inputs) { values in
    let floats = values.filter { $0.dtype.isFloatingPoint }
    return values[0].graph.gradients(of: build(values).sum(), withRespectTo: floats)
  }
}

/// The messages and hints of all errors found while building a graph.
func diagnosticText(_ types: [TensorType], _ build: ([Value]) -> Value) -> String {
  let graph = Graph()
  _ = build(types.enumerated().map { graph.input("x\($0.offset)", $0.element) })
  return graph.diagnostics.map { "\($0.message) (\($0.hint ?? ""))" }.joined(separator: "\n")
}
