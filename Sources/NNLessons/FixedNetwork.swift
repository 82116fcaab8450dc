import NNCore
import NNGraph
import NNLayers

/// A network with given weights, without training.
struct FixedNetwork {
  private let model: Model
  private let weights: [String: HostTensor]
  private let dtype: DType

  /// Creates a network from its layers and its weights under their PyTorch names: `0.weight`.
  init(_ model: Model, weights: [String: HostTensor], dtype: DType = .float64) {
    self.model = model
    self.weights = weights
    self.dtype = dtype
  }

  /// The outputs for inputs [N, …].
  ///
  /// - Throws: `NNError` when the shapes of inputs or weights are incompatible with the layers.
  func callAsFunction(_ rows: HostTensor) throws(NNError) -> HostTensor {
    let graph = Graph()
    let type = TensorType(rows.shape, dtype)
    let layout = try model.layout(input: type)
    let input = graph.input("rows", type)
    let built = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    let variables = VariableStore()
    variables.merge(try layout.variables(from: weights))
    let function = try Function(graph, outputs: ["output": built.value], variables: variables)
    try function(["rows": rows.converted(to: dtype)])
    return try function.read("output")
  }
}
