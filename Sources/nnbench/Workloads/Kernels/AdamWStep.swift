import NNCore
import NNGraph
import NNOptimizers

extension Workload {
  /// One AdamW step of ten million parameters: reads four arrays, writes three.
  static let adamW = Workload("adamw", "AdamW's step of ten million parameters", limit: .memory) {
    dtype in
    let type = TensorType([10_000_000], dtype)
    let optimizer = AdamW()
    let graph = Graph()
    let update = OptimizerStep(
      optimizer, parameters: graph.variable("parameters", type),
      gradient: graph.input("gradient", type))
    // The moments start as zeros, like all variables without initial values.
    return BenchmarkProgram(
      graph: graph, fetches: [], updates: update.updates,
      inputs: ["gradient": RandomBatch.normal(type.shape, dtype, stream: 1)],
      variables: ["parameters": RandomBatch.normal(type.shape, dtype)],
      runInput: (
        OptimizerStep.scalarsName,
        { run, _ in
          optimizer.scalars(step: run, learningRate: optimizer.learningRate, dtype: dtype)
        }
      ), samples: type.shape.elementCount)
  }
}
