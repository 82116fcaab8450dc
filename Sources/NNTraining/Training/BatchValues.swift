import NNCore
import NNData
import NNGraph
import NNLayers

/// The types of one example's targets, and of its weight.
struct TargetSignature {
  /// The types of the targets by name.
  var types: Ports<TensorType>
  /// Whether the data have targets.
  let exist: Bool
  /// Whether examples have weights.
  let areWeighted: Bool
}

extension Dataset {
  /// The types of one example's targets, and of its weight.
  func targetSignature(_ dtype: DType) -> TargetSignature {
    TargetSignature(
      types: targetTypes(dtype).map { TensorType($1.shape, $1.dtype) }, exist: hasTargets,
      areWeighted: weights != nil)
  }
}

/// The inputs of a graph for a batch.
struct BatchValues {
  /// The name of the graph's input for weights, which no input of a network has.
  fileprivate static let weightsName = "example.weights"

  let input: Ports<Value>
  let targets: Ports<Value>
  /// The weight of each example, [N]; nil without weights.
  let weights: Value?

  /// Adds the inputs to a graph.
  init(_ graph: Graph, _ types: BatchTypes) {
    input = graph.inputs(types.input)
    targets = types.targets.map { graph.input(types.targets.inputName(ofTarget: $0), $1) }
    weights = types.weights.map { graph.input(Self.weightsName, $0) }
  }
}

extension Graph {
  /// Adds an input for each part.
  func inputs(_ types: Ports<TensorType>) -> Ports<Value> { types.map { input($0, $1) } }
}

extension Function {
  /// Writes a batch to the inputs of `BatchValues`.
  func write(_ batch: Batch) throws(NNError) {
    try write(batch.input)
    try write(targets: batch.namedTargets)
    if let weights = batch.weights { try write(BatchValues.weightsName, weights) }
  }

  /// Writes targets to the inputs of `BatchValues`.
  func write(targets: Ports<HostTensor>) throws(NNError) {
    try targets.forEach { (name, tensor) throws(NNError) in
      try write(targets.inputName(ofTarget: name), tensor)
    }
  }

  /// Writes every part to its input.
  func write(_ input: Ports<HostTensor>) throws(NNError) {
    try input.forEach { (name, tensor) throws(NNError) in try write(name, tensor) }
  }
}

extension Ports {
  /// The name of a graph's input for a target, which no input of a network has.
  fileprivate func inputName(ofTarget name: String) -> String {
    name == names[0] ? "target" : "target/\(name)"
  }
}
