public import NNCore
public import NNData
import NNGraph
public import NNLayers
import NNLosses

/// A network with its weights and everything needed to run it on raw inputs.
///
/// It comes from a run folder, or from a trainer in a program:
///
/// ```swift
/// let trained = try trainer.trainedModel()
/// let scores = try Predictor(trained).predict(images)
/// try trained.save(to: "digits.safetensors")
/// let again = try TrainedModel(contentsOf: "digits.safetensors", model: model)
/// ```
public struct TrainedModel: Sendable {
  /// The config of the run; nil for a network that a program has built and trained.
  public let config: Config?
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
  /// What each output means, by its name, the main one first.
  private let meanings: Ports<OutputMeaning>

  /// The class names, if known.
  public var classNames: [String]? { encoding.classNames }

  /// The names of `count` classes: the index for a class without a name.
  package func names(ofClasses count: Int) -> [String] {
    let known = classNames ?? []
    return (0..<count).map { known.indices.contains($0) ? known[$0] : "\($0)" }
  }

  /// The names of the numbers that the network outputs: those of the target columns, with levels
  /// where they are quantiles (`sales q0.9`); nil where they are not known.
  package var outputNames: [String]? {
    guard let names = encoding.targetNames, let levels = meanings.values.quantiles else {
      return encoding.targetNames
    }
    return names.flatMap { name in levels.names.map { "\(name) \($0)" } }
  }

  /// The shape of one example's input.
  public var inputShape: Shape { signature.example.values.shape }

  /// What an output means.
  ///
  /// - Parameter name: The output's name; nil for the main one.
  package func meaning(ofOutput name: String? = nil) -> OutputMeaning {
    name.flatMap { meanings[$0] } ?? meanings.values
  }

  /// Combines the parts of a trained network.
  ///
  /// - Parameter reader: Returns the loss that reads an output; nil if none does.
  /// - Throws: `NNError` that lists every shape mismatch, and every tensor that is missing, unknown
  ///   or of another shape.
  init(
    config: Config?, model: Model, signature: InputSignature, normalization: Normalization,
    targetScale: Normalization, encoding: DataEncoding,
    weights: [(name: String, tensor: HostTensor)],
    reader: (_ output: String, _ outputs: [String]) -> OutputMeaning.Reader?
  ) throws(NNError) {
    try normalization.requireChannels(of: signature.example.values.shape, at: "damaged")
    self.config = config
    self.model = model
    self.signature = signature
    self.normalization = normalization
    self.targetScale = targetScale
    self.encoding = encoding
    self.weights = weights
    layout = try model.layout(signature)
    let graph = Graph()
    let outputs = model.build(
      in: graph, input: graph.inputs(signature.batch(of: 1)), layout: layout, mode: .evaluation
    ).outputs
    meanings = outputs.map { name, value in
      OutputMeaning(reader: reader(name, outputs.names), activation: value.outputActivation)
    }
    _ = try layout.variables(from: weightsByName)
  }

  /// The weights as a session's variables.
  ///
  /// - Throws: `NNError` if they do not match the network.
  func variables() throws(NNError) -> VariableStore {
    let store = VariableStore()
    store.merge(try layout.variables(from: weightsByName))
    return store
  }

  /// The weights without their order.
  var weightsByName: [String: HostTensor] {
    Dictionary(weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
  }

  /// What the network was trained on, for messages: the kind of the run's source.
  package var sourceKind: String { config?.data.train.kind ?? "arrays" }

  /// The config of the run.
  ///
  /// - Throws: `NNError` for a network that a program has trained, which has none.
  package func recordedConfig() throws(NNError) -> Config {
    guard let config else {
      throw .invalid(
        "the model was trained by a program, without a config",
        hint: "use it there: Predictor, Evaluation.run(model:dataset:losses:)")
    }
    return config
  }
}

/// Files of trained networks.
extension TrainedModel {
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
    guard let config = file.config else {
      throw .invalid(
        "holds the weights of a network that a program has built, and not the network", at: path,
        hint: "load it in a program: TrainedModel(contentsOf: path, model: model)")
    }
    do throws(NNError) { try self.init(file, model: config.makeModel()) } catch {
      throw error.at(path)
    }
  }

  /// Reads the file of a network that a program has built.
  ///
  /// - Parameters:
  ///   - path: A file that ``save(to:)`` wrote, or the `model.safetensors` of a run.
  ///   - model: The network whose weights they are.
  /// - Throws: `NNError` if the file is missing or damaged, or if its tensors are not those of the
  ///   network (each is listed).
  public init(contentsOf path: String, model: Model) throws(NNError) {
    let file = try ModelFile(contentsOf: path)
    do throws(NNError) { try self.init(file, model: model) } catch { throw error.at(path) }
  }

  private init(_ file: ModelFile, model: Model) throws(NNError) {
    let readers = file.facts.outputs ?? [:]
    let objective = try file.config?.makeObjective()
    try self.init(
      config: file.config, model: model,
      signature: file.facts.signature(try file.dtype()),
      normalization: try file.facts.normalization(), targetScale: try file.facts.targetScale(),
      encoding: file.encoding, weights: file.tensors
    ) { name, names in objective?.reader(ofOutput: name, among: names) ?? readers[name] }
  }

  /// Writes network and weights into a safetensors file, which replaces an older one at once.
  ///
  /// The tensors have PyTorch's names. The metadata hold what is needed to use them on raw inputs:
  /// normalisation, classes, tokenizers, names of columns, and the config if there is one; without
  /// one the program that reads the file gives the network.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  public func save(to path: String) throws(NNError) {
    try ModelFile(
      config: config,
      facts: ModelFile.Facts(
        signature, normalization: normalization, targetScale: targetScale, encoding: encoding,
        // A config states both.
        outputs: config == nil ? readers : nil, dtype: config == nil ? layout.dtype : nil),
      tokenizers: encoding.tokenizers, tensors: weights
    ).write(to: path)
  }

  private var readers: [String: OutputMeaning.Reader] {
    var readers: [String: OutputMeaning.Reader] = [:]
    meanings.forEach { readers[$0] = $1.reader }
    return readers
  }
}
