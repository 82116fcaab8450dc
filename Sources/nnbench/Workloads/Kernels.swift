import NNCore
import NNGraph
import NNOptimizers

extension Workload {
  /// A product of 512×512 matrices.
  static let gemm = Workload("gemm", "product of 512×512 matrices") { dtype in
    function(of: [[512, 512], [512, 512]], dtype) { $0[0].matMul($0[1]) }
  }

  /// Softmax of rows as long as a vocabulary.
  static let softmax = Workload("softmax", "softmax of 2,048 rows of 512") { dtype in
    function(of: [[2048, 512]], dtype) { $0[0].softmax() }
  }

  /// A chain of operations that one pass over memory can do: a + sigmoid(a) · b, squared.
  static let elementwise = Workload("elementwise", "(a + sigmoid(a)·b)² of a million elements") {
    dtype in
    function(of: [[1 << 20], [1 << 20]], dtype) { ($0[0] + $0[0].sigmoid() * $0[1]).square() }
  }

  /// One AdamW step of a million parameters.
  static let adamW = Workload("adamw", "AdamW's step of a million parameters") { dtype in
    let type = TensorType([1 << 20], dtype)
    let optimizer = AdamW()
    let graph = Graph()
    let update = OptimizerStep(
      optimizer, parameters: graph.variable("parameters", type),
      gradient: graph.input("gradient", type))
    return BenchmarkProgram(
      graph: graph, fetches: [], updates: update.updates,
      inputs: ["gradient": RandomBatch.normal(type.shape, stream: 1).converted(to: dtype)],
      variables: optimizer.initialVariables(type).merging(
        ["parameters": RandomBatch.normal(type.shape).converted(to: dtype)]) { $1 },
      stepInput: (
        OptimizerStep.scalarsName,
        { step in
          optimizer.scalars(step: step, learningRate: optimizer.learningRate, dtype: dtype)
        }
      ), samples: type.shape.elementCount)
  }

  /// A function of random tensors; a sample is an element of the result.
  private static func function(
    of shapes: [Shape], _ dtype: DType, _ body: ([Value]) -> Value
  ) -> BenchmarkProgram {
    let graph = Graph()
    let names = shapes.indices.map { "input\($0)" }
    let result = body(
      zip(names, shapes).map { name, shape in graph.input(name, TensorType(shape, dtype)) })
    let tensors = shapes.enumerated().map { index, shape in
      RandomBatch.normal(shape, stream: UInt32(index)).converted(to: dtype)
    }
    return BenchmarkProgram(
      graph: graph, fetches: [("result", result)],
      inputs: Dictionary(uniqueKeysWithValues: zip(names, tensors)),
      samples: result.shape.elementCount)
  }
}
