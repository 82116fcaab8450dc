public import NNCore
import NNData
import NNGraph
import NNLayers

/// The outputs of every layer of a network for given examples, with the weights at the time of each
/// reading; for drawings of a network at work.
///
/// ```swift
/// let probe = try LayerProbe(trainer, rows: grid)
/// for _ in 1...100 {
///   try trainer.epoch()
///   draw(probe.read())
/// }
/// ```
///
/// Layers run in evaluation mode: dropout does nothing, batch normalisation uses running
/// statistics. Not `Sendable`: use it where its trainer is used.
public final class LayerProbe {
  /// A layer of the network.
  public struct Layer: Sendable, Hashable {
    /// The layer's path: `3.0`; empty for the outermost layer.
    public let path: String
    /// The layer: `Dense 128`.
    public let name: String
  }

  /// The layers in the order of computation: sublayers before the layer that contains them, so the
  /// network's own output comes last.
  public let layers: [Layer]
  private let function: Function

  /// Probes a network that is being trained.
  ///
  /// - Parameters:
  ///   - trainer: The trainer whose weights are used.
  ///   - rows: [N, …] raw inputs, as in the training data; the trainer's normalisation is applied.
  /// - Throws: `NNError` if the inputs have another shape or contain NaN or infinity, or for a
  ///   network that reads tokens or sequences of several lengths.
  public convenience init(_ trainer: Trainer, rows: HostTensor) throws(NNError) {
    try self.init(NetworkSource(trainer), rows)
  }

  /// Probes a trained network.
  ///
  /// - Throws: `NNError` as for a trainer, and if the weights do not match the network.
  public convenience init(_ model: TrainedModel, rows: HostTensor) throws(NNError) {
    try self.init(NetworkSource(model), rows)
  }

  private init(_ source: NetworkSource, _ rows: HostTensor) throws(NNError) {
    let signature = source.signature
    guard signature.vocabulary == nil, signature.example.lengths == nil else {
      throw .invalid("the layers of a network that reads texts or sequences cannot be drawn")
    }
    guard signature.fits(rows: rows), rows.shape[0] > 0 else {
      throw .invalid(
        "rows should have shape \(signature.rowsShape) with N at least 1, got \(rows.shape)")
    }
    let graph = Graph()
    let built = source.model.build(
      in: graph, input: graph.inputs(signature.batch(of: rows.shape[0])), layout: source.layout,
      mode: .evaluation)
    try graph.validate()
    layers = built.layerOutputs.map { Layer(path: $0.path, name: $0.layer.description) }
    function = try Function(
      graph, outputs: built.layerOutputs.enumerated().map { ("\($0)", $1.value) },
      variables: source.variables)
    let dataset = try Dataset(
      name: "rows", inputs: rows, targets: HostTensor(zeros: [rows.shape[0]], dtype: .int32))
    let loader = try BatchLoader(
      dataset: dataset, batchSize: dataset.count, dtype: source.layout.dtype,
      normalization: source.normalization, prefetch: false)
    guard let batch = try loader.next() else { preconditionFailure("there are rows") }
    try function.write(batch.input)
  }

  /// The current output of each of ``layers``, [N, …].
  public func read() -> [HostTensor] {
    function.session.run()
    return layers.indices.map { function.session.read("\($0)") }
  }

  /// The current output of the network, [N, …], without reading the other layers.
  public func readOutput() -> HostTensor {
    function.session.run()
    return function.session.read("\(layers.count - 1)")
  }
}
