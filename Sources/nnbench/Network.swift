import NNCore
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

/// A model with its loss, optimizer and a batch, for training steps and forward passes.
struct Network {
  /// The network.
  let model: Model
  /// The loss.
  let loss: any Loss
  /// The optimizer.
  let optimizer: any GraphOptimizer
  /// The batch's inputs [N, …].
  var input: HostTensor
  /// The batch's targets.
  let target: HostTensor
  /// The vocabulary sizes where inputs are tokens.
  var vocabulary: VocabularySizes?

  /// The seed of the initial weights.
  static let seed: UInt64 = 0

  /// Forward pass, backward pass and update.
  func trainingProgram(_ dtype: DType) throws(NNError) -> BenchmarkProgram {
    let batch = rows(input, dtype)
    let target = target.dtype.isFloatingPoint ? target.converted(to: dtype) : target
    let graph = Graph()
    let inputValue = graph.input("input", TensorType(batch.shape, batch.dtype))
    let targetValue = graph.input("target", TensorType(target.shape, target.dtype))
    let layout = try layout(batch, dtype)
    let built = model.build(in: graph, input: inputValue, layout: layout, mode: .training)
    let loss = loss(built.value, targetValue)
    try graph.validate()
    let gradient = built.gradient(of: loss)
    let update = OptimizerStep(optimizer, parameters: built.parameters, gradient: gradient)
    let weights = try layout.initialVariables(seed: Self.seed)
    return BenchmarkProgram(
      graph: graph, fetches: [("loss", loss), ("gradient", gradient)],
      updates: built.bufferUpdates + update.updates,
      inputs: ["input": batch, "target": target],
      variables: weights.merging(optimizer.initialVariables(built.parameters.type)) { $1 },
      runInput: (
        OptimizerStep.scalarsName,
        { [optimizer] run, _ in
          optimizer.scalars(step: run, learningRate: optimizer.learningRate, dtype: dtype)
        }
      ), samples: batch.shape[0])
  }

  /// The forward pass in evaluation mode, of `rows` copies of the batch's first example.
  ///
  /// - Parameter finish: A function that is applied to the output.
  func inferenceProgram(
    _ dtype: DType, rows: Int, finish: (Value) -> Value = { $0 }
  ) throws(NNError) -> BenchmarkProgram {
    let row = input.rows(0..<1)
    let batch = self.rows(
      HostTensor(
        doubles: (0..<rows).flatMap { _ in row.doubles },
        shape: row.shape.replacing(axis: 0, with: rows), dtype: row.dtype), dtype)
    let graph = Graph()
    let inputValue = graph.input("input", TensorType(batch.shape, batch.dtype))
    let layout = try layout(batch, dtype)
    let built = model.build(in: graph, input: inputValue, layout: layout, mode: .evaluation)
    return BenchmarkProgram(
      graph: graph, fetches: [("output", finish(built.value))], inputs: ["input": batch],
      variables: try layout.initialVariables(seed: Self.seed), samples: rows)
  }

  /// Examples in the type of the computation; tokens stay integers.
  private func rows(_ tensor: HostTensor, _ dtype: DType) -> HostTensor {
    vocabulary == nil ? tensor.converted(to: dtype) : tensor
  }

  /// The input signature for a type of the computation.
  func signature(_ dtype: DType) -> InputSignature { signature(rows(input, dtype), dtype) }

  private func signature(_ batch: HostTensor, _ dtype: DType) -> InputSignature {
    let row = TensorType(Shape(Array(batch.shape.dimensions.dropFirst())), batch.dtype)
    return InputSignature(Ports(row), vocabulary: vocabulary, dtype: dtype)
  }

  private func layout(_ batch: HostTensor, _ dtype: DType) throws(NNError) -> ParameterLayout {
    try model.layout(signature(batch, dtype))
  }
}
