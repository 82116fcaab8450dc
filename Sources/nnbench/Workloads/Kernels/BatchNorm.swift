import NNCore
import NNGraph
import NNLayers

extension Workload {
  /// Batch normalisation as in a training step: output, running statistics, gradients.
  static let batchNorm = Workload(
    "batchnorm", "batch norm of [32, 16, 32, 32], training, forward and backward", limit: .memory
  ) { dtype throws(NNError) in
    let type = TensorType([32, 16, 32, 32], dtype)
    let graph = Graph()
    let input = graph.input("input", type)
    let model = Model { BatchNorm2D() }
    let layout = try model.layout(input: type)
    let built = model.build(in: graph, input: input, layout: layout, mode: .training)
    let gradients = graph.gradients(
      of: built.value, withRespectTo: [input] + built.parameterValues.map(\.value),
      cotangent: graph.input("cotangent", type))
    let names = ["input"] + built.parameterValues.map(\.name)
    return BenchmarkProgram(
      graph: graph,
      fetches: [("output", built.value)]
        + zip(names, gradients).map { ("gradient of \($0)", $1) },
      updates: built.bufferUpdates,
      inputs: [
        "input": RandomBatch.normal(type.shape, dtype),
        "cotangent": RandomBatch.normal(type.shape, dtype, stream: 1),
      ],
      variables: try layout.variables(from: layout.initialize(seed: 0)),
      samples: type.shape.elementCount)
  }
}
