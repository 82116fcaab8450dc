public import NNCore
public import NNData
import NNGraph
public import NNLayers

/// A network with its weights and all that raw rows need: what a run folder gives.
public struct TrainedModel: Sendable {
  /// The config that the run had.
  public let config: Config
  /// The network.
  public let model: Model
  /// Its parameters and buffers.
  public let layout: ParameterLayout
  /// What the network reads.
  public let signature: InputSignature
  /// The scale fitted to the training data.
  public let normalization: Normalization
  /// The scale of targets that are numbers, fitted to the training data.
  public let targetScale: Normalization
  /// What the run's training data settled: classes, tokenizers, names of columns.
  public let encoding: DataEncoding
  /// Weights and running statistics under PyTorch's names.
  public let weights: [(name: String, tensor: HostTensor)]

  /// The classes' names, where known.
  public var classNames: [String]? { encoding.classNames }

  /// A name for each of so many classes: numbers for those without.
  package func names(ofClasses count: Int) -> [String] {
    let known = classNames ?? []
    return (0..<count).map { known.indices.contains($0) ? known[$0] : "\($0)" }
  }

  /// The shape of one row of inputs.
  public var inputShape: Shape { signature.row.rows.shape }

  /// The weights as a session's variables.
  ///
  /// - Throws: `NNError` when they do not fit the network.
  func variables() throws(NNError) -> VariableStore {
    let tensors = Dictionary(weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    let store = VariableStore()
    for (name, tensor) in try layout.variables(from: tensors) { store[name] = tensor }
    return store
  }

  /// Reads the weights that a run has saved.
  ///
  /// - Throws: `NNError` when the folder holds no model, or one that is damaged.
  public init(folder: RunFolder) throws(NNError) {
    guard RunFolder.exists(folder.model) else {
      throw folder.holdsRun
        ? .invalid(
          "the run has not saved a model yet", at: folder.path,
          hint: "go on with it: nntrain train … --resume")
        : folder.noRun(lacking: "model.safetensors")
    }
    try self.init(contentsOf: folder.model)
  }

  /// Reads the `model.safetensors` of a run.
  ///
  /// - Throws: `NNError` when the file is missing, damaged or not a run's.
  public init(contentsOf path: String) throws(NNError) {
    let file = try ModelFile(contentsOf: path)
    config = file.config
    signature = file.facts.signature(file.config.dtype)
    encoding = file.encoding
    weights = file.tensors
    do throws(NNError) {
      normalization = try file.facts.normalization()
      try normalization.requireChannels(of: signature.row.rows.shape, at: "damaged")
      targetScale = try file.facts.targetScale()
      model = try file.config.makeModel()
      layout = try model.layout(signature)
      _ = try layout.variables(
        from: Dictionary(weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 }))
    } catch { throw error.at(path) }
  }
}
