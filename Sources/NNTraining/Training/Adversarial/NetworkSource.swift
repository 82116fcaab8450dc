package import NNCore
package import NNData
package import NNGraph
package import NNLayers

/// What graphs of one network are built from: its layers, its weights, and the normalisation of its
/// inputs.
package struct NetworkSource {
  /// The network.
  package let model: Model
  /// Its parameters and buffers.
  package let layout: ParameterLayout
  /// The types of its inputs.
  package let signature: InputSignature
  /// The normalisation of its main input.
  package let normalization: Normalization
  /// The weights, which a trainer may change between calls of a function.
  package let variables: VariableStore

  /// Combines the parts.
  package init(
    model: Model, layout: ParameterLayout, signature: InputSignature, normalization: Normalization,
    variables: VariableStore
  ) {
    self.model = model
    self.layout = layout
    self.signature = signature
    self.normalization = normalization
    self.variables = variables
  }

  /// A network that is being trained, with the weights at the time of each use.
  package init(_ trainer: Trainer) {
    let step = trainer.trainingStep
    self.init(
      model: step.model, layout: step.layout, signature: step.signature,
      normalization: trainer.normalization, variables: step.variables)
  }

  /// Whether the network reads tokens, which have no gradient.
  package var readsTokens: Bool { signature.vocabulary != nil }
}

/// A network in a graph that reads raw inputs: numbers as in the data's files (bytes as 0…1), before
/// the run's normalisation.
///
/// The normalisation is a part of the graph, so that the network can be differentiated with respect
/// to raw inputs, and yields the numbers that batches of these inputs hold.
package struct RawNetwork {
  /// The raw inputs.
  package let raw: Ports<Value>
  /// The inputs as the network's layers read them.
  package let normalized: Ports<Value>
  /// The network.
  package let network: Model.Output

  /// Adds a network to a graph.
  ///
  /// - Parameters:
  ///   - source: The network.
  ///   - raw: Its inputs, of the types of a batch.
  ///   - mode: The purpose of the graph; `evaluation` by default, in which examples do not influence
  ///     one another.
  ///   - randomState: int64 [2], seed and step, for layers that draw random numbers in training.
  ///   - replacement: Returns what the layers after a layer read instead of its output; nil (default)
  ///     for the output itself. With an input of the graph in place of an embedding's output, the
  ///     network can be differentiated with respect to embedded tokens.
  package init(
    _ source: NetworkSource, raw: Ports<Value>, mode: Mode = .evaluation, randomState: Value? = nil,
    replacement: @escaping (LayerOutput) -> Value? = { _ in nil }
  ) {
    self.raw = raw
    var normalized = raw
    normalized.values = raw.values.normalized(by: source.normalization)
    self.normalized = normalized
    network = source.model.build(
      in: raw.values.graph, input: normalized, layout: source.layout, mode: mode,
      randomState: randomState, replacement: replacement)
  }
}

extension Value {
  /// Raw inputs [N, …] normalised, computed in Float64 and rounded once, as batches are.
  package func normalized(by normalization: Normalization) -> Value {
    guard !isPoisoned else { return self }
    let example = Shape(Array(shape.dimensions.dropFirst()))
    guard let map = normalization.affineMap(of: example) else { return self }
    let scaled = converted(to: .float64) * graph.constant(map.scales) + graph.constant(map.offsets)
    return scaled.converted(to: dtype)
  }
}
