import NNCore
import NNData
import NNGraph
import NNLayers

/// Treats every step of a sequence as a sample where each step has a label: outputs [N, T, C]
/// become [N·T, C] and labels [N, T] become [N·T].
struct SampleBatches {
  /// Whether the network reads tokens.
  private let readsTokens: Bool
  /// The number of steps of a numeric sequence with a label for each step; nil for others.
  private let labelledSteps: Int?

  /// Determines the shapes from the network's inputs and the targets of one example.
  init(_ signature: InputSignature, targets: TargetSignature) {
    readsTokens = signature.vocabulary != nil
    let rows = signature.example.values.shape
    let hasLabels = targets.types.all.contains { target in
      target.dtype == .int32 && target.shape.rank == 1 && rows.rank == 2
        && rows[0] == target.shape[0]
    }
    labelledSteps = hasLabels && !readsTokens ? rows[0] : nil
  }

  /// Determines the shapes from the network's inputs and the types of a batch.
  init(_ signature: InputSignature, _ types: BatchTypes) {
    let targets = types.targets.map { _, type in
      TensorType(Shape(Array(type.shape.dimensions.dropFirst())), type.dtype)
    }
    self.init(
      signature, targets: TargetSignature(types: targets, exist: true, areWeighted: false))
  }

  /// The output in the shape for losses and metrics.
  func callAsFunction(output: Value) -> Value {
    guard !output.isPoisoned, hasSteps(output.shape) else { return output }
    return output.reshaped(to: [output.shape[0] * output.shape[1], output.shape[2]])
  }

  /// The targets in the shape for losses, for the network's own output.
  func callAsFunction(target: Value, of output: Value) -> Value {
    guard target.dtype == .int32, target.shape.rank == 2,
      readsTokens || !output.isPoisoned && hasSteps(output.shape)
    else { return target }
    return target.reshaped(to: [target.shape.elementCount])
  }

  /// The weights [N] of examples as those of their samples, for the network's own output.
  func callAsFunction(weights: Value, of output: Value) -> Value {
    guard !output.isPoisoned, hasSteps(output.shape) else { return weights }
    let (count, steps) = (output.shape[0], output.shape[1])
    return weights.reshaped(to: [count, 1]).broadcast(to: [count, steps])
      .reshaped(to: [count * steps])
  }

  /// The targets in the shape for metrics, for an output in the shape for losses.
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
  /// The input signature of a network for these data.
  func signature(_ dtype: DType) -> InputSignature {
    InputSignature(
      exampleTypes(dtype).map { TensorType($1.shape, $1.dtype) }, vocabulary: vocabulary,
      categoryCounts: categoryCounts, dtype: dtype)
  }
}
