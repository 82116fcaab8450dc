public import NNCore
import NNData
import NNGraph
import NNLayers

/// What every layer of a network makes of some rows, with the weights as they are at each reading:
/// for pictures of a network at work.
///
/// ```swift
/// let probe = try LayerProbe(trainer, rows: grid)
/// for _ in 1...100 {
///   try trainer.epoch()
///   draw(probe.read())
/// }
/// ```
///
/// Layers work as in evaluation: dropout does nothing, batch normalisation uses running statistics.
/// Not `Sendable`: use it where its trainer is used.
public final class LayerProbe {
  /// A layer of the network.
  public struct Layer: Sendable, Hashable {
    /// The layer's path: `3.0`; empty for the outermost layer.
    public let path: String
    /// The layer: `Dense 128`.
    public let name: String
  }

  /// The layers in the order in which they compute: parts before the layer that holds them, so the
  /// network's own output comes last.
  public let layers: [Layer]
  private let session: Session

  /// Looks into a network that is being trained.
  ///
  /// - Parameters:
  ///   - trainer: Whose weights to read.
  ///   - rows: [N, …] raw rows, as in the training data; the trainer's scale is applied here.
  /// - Throws: `NNError` when the rows have another shape or hold NaN or infinity, and for a network
  ///   that reads tokens or sequences of several lengths.
  public convenience init(_ trainer: Trainer, rows: HostTensor) throws(NNError) {
    let learner = trainer.learner
    try self.init(
      learner.model, learner.layout, learner.signature, learner.variables, trainer.normalization,
      rows)
  }

  /// Looks into a trained network.
  ///
  /// - Throws: `NNError` as for a trainer, and when the weights do not fit the network.
  public convenience init(_ model: TrainedModel, rows: HostTensor) throws(NNError) {
    try self.init(
      model.model, model.layout, model.signature, model.variables(), model.normalization, rows)
  }

  private init(
    _ model: Model, _ layout: ParameterLayout, _ signature: InputSignature,
    _ variables: VariableStore, _ normalization: Normalization, _ rows: HostTensor
  ) throws(NNError) {
    guard signature.vocabulary == nil, signature.row.lengths == nil else {
      throw .invalid("the layers of a network that reads texts or sequences have no picture")
    }
    guard signature.fits(rows: rows), rows.shape[0] > 0 else {
      throw .invalid(
        "rows should have shape \(signature.rowsShape) with N at least 1, got \(rows.shape)")
    }
    let graph = Graph()
    let built = model.build(
      in: graph, input: graph.inputs(signature.batch(of: rows.shape[0])), layout: layout,
      mode: .evaluation)
    try graph.validate()
    layers = built.layerOutputs.map { Layer(path: $0.path, name: $0.layer.description) }
    session = Session(
      try Plan(graph, fetches: built.layerOutputs.enumerated().map { ("\($0)", $1.value) }),
      variables: variables)
    let dataset = try Dataset(
      name: "rows", inputs: rows, targets: HostTensor(zeros: [rows.shape[0]], dtype: .int32))
    let loader = try BatchLoader(
      dataset: dataset, batchSize: dataset.count, dtype: layout.dtype,
      normalization: normalization, prefetch: false)
    guard let batch = loader.next() else { preconditionFailure("there are rows") }
    session.write(batch.input)
  }

  /// What each of ``layers`` gives now, [N, …].
  public func read() -> [HostTensor] {
    session.run()
    return layers.indices.map { session.read("\($0)") }
  }

  /// What the network gives now, [N, …]; the layers' outputs stay unread.
  public func readOutput() -> HostTensor {
    session.run()
    return session.read("\(layers.count - 1)")
  }
}
