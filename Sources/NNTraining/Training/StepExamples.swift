import NNCore
import NNData
import NNGraph
import NNLayers

/// Where each step of a sequence has a label, every step is an example of its own: outputs [N, T, C]
/// count as [N·T, C] and labels [N, T] as [N·T].
struct StepExamples {
  /// Whether the network reads tokens.
  private let readsTokens: Bool
  /// The steps of a row of numbers that has a label for each; nil for others.
  private let labelledSteps: Int?

  /// Looks at what the network reads and at the target of one row.
  init(_ signature: InputSignature, target: TensorType) {
    readsTokens = signature.vocabulary != nil
    let rows = signature.row.rows.shape
    let hasLabels =
      target.dtype == .int32 && target.shape.rank == 1 && rows.rank == 2
      && rows[0] == target.shape[0]
    labelledSteps = hasLabels && !readsTokens ? rows[0] : nil
  }

  /// An output as losses and metrics take it.
  func callAsFunction(output: Value) -> Value {
    guard !output.isPoisoned, hasSteps(output.shape) else { return output }
    return output.reshaped(to: [output.shape[0] * output.shape[1], output.shape[2]])
  }

  /// Targets as losses take them, for an output as the network gives it.
  func callAsFunction(target: Value, of output: Value) -> Value {
    guard target.dtype == .int32, target.shape.rank == 2,
      readsTokens || !output.isPoisoned && hasSteps(output.shape)
    else { return target }
    return target.reshaped(to: [target.shape.elementCount])
  }

  /// Targets as metrics take them, for an output as losses take it.
  func callAsFunction(target: HostTensor, of output: HostTensor) -> HostTensor {
    guard target.dtype == .int32, target.shape.rank == 2,
      readsTokens || labelledSteps != nil && output.shape[0] == target.elementCount
    else { return target }
    return target.reshaped(to: [target.elementCount])
  }

  private func hasSteps(_ output: Shape) -> Bool {
    output.rank == 3 && (readsTokens || output[1] == labelledSteps)
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
