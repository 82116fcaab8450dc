import NNCore
import NNGraph
import NNLayers
import NNOptimizers

/// The state of a training step: weights, running statistics and optimizer state.
extension TrainingStep {
  /// Draws the initial weights and initializes the optimizers' state.
  func initialize() throws(NNError) {
    groups.startOptimizers(in: variables)
    variables.merge(try layout.initialVariables(seed: seed))
  }

  /// Replaces the weights and running statistics. Infinities are accepted, such as −∞ in a bias
  /// that excludes a class.
  ///
  /// - Throws: `NNError` that lists missing tensors and wrong shapes, or names a tensor with NaN.
  func load(_ tensors: [String: HostTensor]) throws(NNError) {
    let loaded = try layout.variables(from: tensors)
    if let damaged = layout.entries.first(where: { tensors[$0.name]?.hasNaN ?? false }) {
      throw .invalid(
        "`\(damaged.name)` holds NaN", hint: "take the weights from before the training diverged")
    }
    variables.merge(loaded)
    infiniteFromStart = Set(try weights().filter { !$0.tensor.isFinite }.map(\.name))
  }

  /// The weights and running statistics, in the model's order.
  func weights() throws(NNError) -> [(name: String, tensor: HostTensor)] {
    try layout.tensors(in: variables)
  }

  /// The optimizers' state. Names of a group's state start with its number: `1.exp_avg`.
  var optimizerState: [(name: String, tensor: HostTensor)] {
    if let minimization { return minimization.state }
    return groups.flatMap(\.state).compactMap { state in
      variables[state.variable].map { (state.saved, $0) }
    }
  }

  /// Replaces the optimizers' state.
  func loadOptimizerState(_ tensors: [String: HostTensor]) throws(NNError) {
    if let minimization { return try minimization.restore(tensors) }
    for (variable, saved, state) in groups.flatMap(\.state) {
      guard let tensor = tensors[saved], tensor.shape == state.type.shape,
        tensor.dtype == state.type.dtype
      else {
        throw .invalid(
          "the checkpoint's optimizer state does not match: `\(saved)` should be "
            + "\(state.type.dtype)\(state.type.shape)",
          hint: "resume with the optimizer, model and dtype that the run started with")
      }
      variables[variable] = tensor
    }
  }

  /// The bytes of parameters, running statistics, optimizer state and accumulated gradients.
  var stateByteCount: Int {
    let trained = groups.reduce(0) { $0 + $1.group.count } * layout.dtype.byteCount
    let states = groups.flatMap(\.state).map(\.state.type.byteCount)
    let host = (rules.optimizer as? any ClosureOptimizer)?.stateByteCount(
      parameterCount: layout.trainedGroups.reduce(0) { $0 + $1.count })
    return layout.count * layout.dtype.byteCount + states.saturatingSum + (host ?? 0)
      + (rules.accumulate > 1 ? trained : 0)
      + layout.buffers.reduce(0) { $0 + $1.shape.elementCount * $1.dtype.byteCount }
  }
}
