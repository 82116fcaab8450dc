public import NNCore
package import NNData
import NNGraph
import NNLayers
import NNOptimizers

/// What a network is made of and what a run of it will take.
public struct ModelSummary: Sendable {
  /// One layer.
  public struct Row: Sendable {
    /// The layer's path: `3.0`.
    public let path: String
    /// The layer: `Dense 128`.
    public let layer: String
    /// The shape of its output for one row; the batch axis is left out.
    public let outputShape: Shape
    /// Learnt numbers that are the layer's own, parts not counted.
    public let parameters: Int
    /// Products summed in it for one row, parts not counted.
    public let multiplyAdds: Int
  }

  /// The layers in the order in which they compute; parts before the layer that holds them.
  public let rows: [Row]
  /// Learnt numbers of all layers.
  public let parameterCount: Int
  /// Products summed for one row, forward.
  public let multiplyAdds: Int
  /// Rows in a training step.
  public let batchSize: Int
  /// Bytes that a training step's intermediate tensors take.
  public let arenaByteCount: Int
  /// Bytes that a training step's batch and the few numbers beside it take.
  public let inputByteCount: Int
  /// Bytes of parameters, running statistics and optimizer state.
  public let stateByteCount: Int

  /// Builds a config's network for its training data and plans a training step.
  ///
  /// - Throws: `NNError` for data, layers and loss that do not fit.
  public init(config: Config) throws(NNError) {
    let data = try RunData(config)
    try self.init(config: config.adapted(to: data), data: data.train)
  }

  /// The same for a data set at hand.
  package init(config: Config, data: Dataset) throws(NNError) {
    do throws(NNError) {
      try self.init(
        config: config, signature: data.signature(config.dtype),
        target: TensorType(data.targetShape, data.hasLabels ? .int32 : config.dtype))
    } catch { throw config.placing(error) }
  }

  private init(
    config: Config, signature: InputSignature, target: TensorType
  ) throws(NNError) {
    let learner = try Learner(
      model: config.makeModel(), loss: config.makeLoss(), optimizer: config.makeOptimizer(),
      clipping: config.makeGradientClipping(), l1Penalty: config.l1Penalty,
      signature: signature, target: target,
      seed: UInt64(config.seed))
    let graph = Graph()
    let built = learner.model.build(
      in: graph, input: graph.inputs(signature.batch(of: 1)), layout: learner.layout,
      mode: .evaluation)
    try graph.validate()
    rows = built.layerOutputs.filter { !$0.path.isEmpty }.map { output in
      let prefix = output.path + "."
      let own = learner.layout.parameters.filter {
        $0.name.hasPrefix(prefix) && !$0.name.dropFirst(prefix.count).contains(".")
      }
      return Row(
        path: output.path, layer: output.layer.description,
        outputShape: Shape(Array(output.value.shape.dimensions.dropFirst())),
        parameters: own.reduce(0) { $0 + $1.shape.elementCount },
        multiplyAdds: graph.multiplyAdds(path: output.label))
    }
    parameterCount = learner.layout.parameterCount
    multiplyAdds = rows.map(\.multiplyAdds).saturatingSum
    batchSize = config.data.batchSize
    (arenaByteCount, inputByteCount) = try learner.stepByteCounts(rows: batchSize)
    stateByteCount =
      learner.layout.count * config.dtype.byteCount * (1 + learner.optimizer.slots.count)
      + learner.layout.buffers.reduce(0) { $0 + $1.shape.elementCount * $1.dtype.byteCount }
  }
}
