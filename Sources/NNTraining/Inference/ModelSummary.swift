public import NNCore
package import NNData
import NNGraph
import NNLayers
import NNOptimizers

/// The layers of a network, and the memory and computation that a run needs.
public struct ModelSummary: Sendable {
  /// One layer.
  public struct Row: Sendable {
    /// The layer's path: `3.0`.
    public let path: String
    /// The layer: `Dense 128`.
    public let layer: String
    /// The shape of its output for one example, without the batch axis.
    public let outputShape: Shape
    /// The number of the layer's own parameters, without sublayers.
    public let parameters: Int
    /// Its multiply–accumulates for one example, without sublayers.
    public let multiplyAdds: Int
  }

  /// The layers in the order of computation; sublayers before the layer that contains them.
  public let rows: [Row]
  /// The number of parameters of all layers.
  public let parameterCount: Int
  /// How many of them are frozen.
  public let frozenParameterCount: Int
  /// The multiply–accumulates for one example, forward pass.
  public let multiplyAdds: Int
  /// Examples in a training step.
  public let batchSize: Int
  /// The memory of a training step's intermediate tensors in bytes.
  public let arenaByteCount: Int
  /// The memory of a training step's inputs, mostly the batch, in bytes.
  public let inputByteCount: Int
  /// The memory of parameters, running statistics and optimizer state in bytes.
  public let stateByteCount: Int

  /// Builds a config's network for its training data and plans a training step.
  ///
  /// - Throws: `NNError` if data, layers and loss are incompatible.
  public init(config: Config) throws(NNError) {
    let data = try RunData(config)
    try self.init(config: try config.adapted(to: data), data: data.train)
  }

  /// The same for a given data set.
  package init(config: Config, data: Dataset) throws(NNError) {
    do throws(NNError) {
      try self.init(
        config: config, signature: data.signature(config.dtype),
        targets: data.targetSignature(config.dtype))
    } catch { throw config.placing(error) }
  }

  private init(
    config: Config, signature: InputSignature, targets: TargetSignature
  ) throws(NNError) {
    let trainingStep = try TrainingStep(
      model: config.makeModel(), objective: config.makeObjective(),
      rules: config.makeUpdateRules(), signature: signature, targets: targets,
      seed: UInt64(config.seed))
    let graph = Graph()
    let built = trainingStep.model.build(
      in: graph, input: graph.inputs(signature.batch(of: 1)), layout: trainingStep.layout,
      mode: .evaluation)
    try graph.validate()
    rows = built.layerOutputs.filter { !$0.path.isEmpty }.map { output in
      let prefix = output.path + "."
      let own = trainingStep.layout.parameters.filter {
        $0.name.hasPrefix(prefix) && !$0.name.dropFirst(prefix.count).contains(".")
      }
      return Row(
        path: output.path, layer: output.layer.description,
        outputShape: Shape(Array(output.value.shape.dimensions.dropFirst())),
        parameters: own.reduce(0) { $0 + $1.shape.elementCount },
        multiplyAdds: graph.multiplyAdds(path: output.label))
    }
    parameterCount = trainingStep.layout.parameterCount
    frozenParameterCount = parameterCount - trainingStep.layout.trainedParameterCount
    multiplyAdds = rows.map(\.multiplyAdds).saturatingSum
    batchSize = config.data.batchSize
    (arenaByteCount, inputByteCount) = try trainingStep.stepByteCounts(rows: batchSize)
    stateByteCount = trainingStep.stateByteCount
  }
}
