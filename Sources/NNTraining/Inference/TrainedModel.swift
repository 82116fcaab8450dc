public import NNCore
public import NNData
import NNGraph
public import NNLayers

/// A network with its weights and everything needed to run it on raw inputs: the content of a run
/// folder.
public struct TrainedModel: Sendable {
  /// The config of the run.
  public let config: Config
  /// The network.
  public let model: Model
  /// Its parameters and buffers.
  public let layout: ParameterLayout
  /// The types of the network's inputs.
  public let signature: InputSignature
  /// The normalisation fitted to the training data.
  public let normalization: Normalization
  /// The normalisation of numeric targets, fitted to the training data.
  public let targetScale: Normalization
  /// The encodings determined by the training data: classes, tokenizers, names of columns.
  public let encoding: DataEncoding
  /// Weights and running statistics, with PyTorch's names.
  public let weights: [(name: String, tensor: HostTensor)]

  /// The class names, if known.
  public var classNames: [String]? { encoding.classNames }

  /// The names of `count` classes: the index for a class without a name.
  package func names(ofClasses count: Int) -> [String] {
    let known = classNames ?? []
    return (0..<count).map { known.indices.contains($0) ? known[$0] : "\($0)" }
  }

  /// The shape of one example's input.
  public var inputShape: Shape { signature.row.values.shape }

  /// The weights as a session's variables.
  ///
  /// - Throws: `NNError` if they do not match the network.
  func variables() throws(NNError) -> VariableStore {
    let tensors = Dictionary(weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    let store = VariableStore()
    for (name, tensor) in try layout.variables(from: tensors) { store[name] = tensor }
    return store
  }

  /// Reads the weights saved by a run.
  ///
  /// - Throws: `NNError` if the folder holds no model, or a damaged one.
  public init(folder: RunFolder) throws(NNError) {
    guard RunFolder.exists(folder.model) else {
      throw folder.holdsRun
        ? .invalid(
          "the run has not saved a model yet", at: folder.path,
          hint: "continue it: nntrain train … --resume")
        : folder.noRun(lacking: "model.safetensors")
    }
    try self.init(contentsOf: folder.model)
  }

  /// Reads the `model.safetensors` of a run.
  ///
  /// - Throws: `NNError` if the file is missing, damaged or not that of a run.
  public init(contentsOf path: String) throws(NNError) {
    let file = try ModelFile(contentsOf: path)
    config = file.config
    signature = file.facts.signature(file.config.dtype)
    encoding = file.encoding
    weights = file.tensors
    do throws(NNError) {
      normalization = try file.facts.normalization()
      try normalization.requireChannels(of: signature.row.values.shape, at: "damaged")
      targetScale = try file.facts.targetScale()
      model = try file.config.makeModel()
      layout = try model.layout(signature)
      _ = try layout.variables(
        from: Dictionary(weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 }))
    } catch { throw error.at(path) }
  }
}
