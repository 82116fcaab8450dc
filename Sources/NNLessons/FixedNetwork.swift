import NNCore
import NNGraph
import NNLayers

/// A network whose weights are given, not learnt.
struct FixedNetwork {
  private let model: Model
  private let weights: [String: HostTensor]
  private let dtype: DType

  /// Takes a network and its weights under their PyTorch names: `0.weight`.
  init(_ model: Model, weights: [String: HostTensor], dtype: DType = .float64) {
    self.model = model
    self.weights = weights
    self.dtype = dtype
  }

  /// What it makes of rows [N, …].
  ///
  /// - Throws: `NNError` when rows or weights do not fit.
  func callAsFunction(_ rows: HostTensor) throws(NNError) -> HostTensor {
    let graph = Graph()
    let type = TensorType(rows.shape, dtype)
    let layout = try model.layout(input: type)
    let input = graph.input("rows", type)
    let built = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    let variables = VariableStore()
    for (name, tensor) in try layout.variables(from: weights) { variables[name] = tensor }
    let session = Session(
      try Plan(graph, fetches: [("output", built.value)]), variables: variables)
    session.write("rows", rows.converted(to: dtype))
    session.run()
    return session.read("output")
  }
}
