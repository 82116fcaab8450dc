import NNCore
import NNData
import NNGraph
import NNLayers

/// Where rows are tokens, every step of a sequence is an example of its own: outputs [N, T, C] count
/// as [N·T, C] and labels [N, T] as [N·T].
struct StepExamples {
  /// Whether steps are examples.
  let areSteps: Bool

  /// Looks at what the network reads.
  init(_ signature: InputSignature) { areSteps = signature.vocabulary != nil }

  /// An output as losses and metrics take it.
  func callAsFunction(output: Value) -> Value {
    guard areSteps, !output.isPoisoned, output.shape.rank == 3 else { return output }
    return output.reshaped(to: [output.shape[0] * output.shape[1], output.shape[2]])
  }

  /// Targets as losses take them.
  func callAsFunction(target: Value) -> Value {
    guard areSteps, target.dtype == .int32, target.shape.rank == 2 else { return target }
    return target.reshaped(to: [target.shape.elementCount])
  }

  /// Targets as metrics take them.
  func callAsFunction(target: HostTensor) -> HostTensor {
    guard areSteps, target.dtype == .int32, target.shape.rank == 2 else { return target }
    return target.reshaped(to: [target.elementCount])
  }
}

extension Dataset {
  /// What a network for these rows reads.
  func signature(_ dtype: DType) -> InputSignature {
    InputSignature(
      rowTypes(dtype).map { TensorType($1.shape, $1.dtype) }, vocabulary: vocabulary, dtype: dtype)
  }
}

extension NetworkInput<HostTensor> {
  /// The types of a batch.
  var types: NetworkInput<TensorType> { map { TensorType($1.shape, $1.dtype) } }
}

extension Graph {
  /// An input for each part.
  func inputs(_ types: NetworkInput<TensorType>) -> NetworkInput<Value> {
    types.map { input($0, $1) }
  }
}

extension Session {
  /// Fills every part's input.
  func write(_ input: NetworkInput<HostTensor>) { input.forEach { write($0, $1) } }
}
