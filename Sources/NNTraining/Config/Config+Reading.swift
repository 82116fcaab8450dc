public import NNCore
import NNFormats

extension Config {
  /// Reads a config file and fills in every default.
  ///
  /// Relative paths in it, and in the overrides, are meant from the file's folder and become
  /// absolute.
  ///
  /// - Parameters:
  ///   - path: The YAML (or JSON) file.
  ///   - overrides: Changes as `key.path=value`, applied in order.
  /// - Throws: `NNError` for a file that cannot be read or is not YAML; otherwise one that lists
  ///   all problems, each with its own line and column.
  public init(contentsOf path: String, overrides: [String] = []) throws(NNError) {
    let bytes = try FileBytes.read(path, limit: YAMLComposer.largestByteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid("not a text in UTF-8", at: path)
    }
    try self.init(
      yaml: text, source: path, folder: PathText.resolved(PathText.folder(of: path)),
      overrides: overrides)
  }

  /// Reads a config from a text and fills in every default.
  ///
  /// - Parameters:
  ///   - text: YAML or JSON.
  ///   - source: What stands for the file in positions; its stem is the default name.
  ///   - folder: From where relative paths are meant; empty leaves them as they are.
  ///   - overrides: Changes as `key.path=value`, applied in order.
  /// - Throws: `NNError` for what is not YAML; otherwise one that lists all problems.
  public init(
    yaml text: String, source: String = "config.yaml", folder: String = "",
    overrides: [String] = []
  ) throws(NNError) {
    var root = try ConfigNode(yaml: text, source: source)
    for override in overrides { try root.apply(override: override) }
    guard root.entries != nil else {
      throw .invalid(
        "expects a mapping with `data`, `model`, `loss` and `optimizer`, gets \(root.summary)",
        at: "\(root.position)")
    }
    let problems = ConfigProblems()
    let context = ReadingContext(problems: problems, folder: folder)
    let config = Config(root, source: source, context: context)
    if problems.isEmpty { config.checkSections(against: root, problems: problems) }
    try problems.throwIfAny(in: source)
    self = config
  }

  private init(_ root: ConfigNode, source: String, context: ReadingContext) {
    let options = OptionReader(
      owner: "the config", at: root.position, node: root, context: context)
    name = options.value("name", .text(), default: PathText.stem(of: source))
    seed = options.value("seed", .seed, default: 42)
    dtype = options.value(
      "dtype", .choice([("float32", .float32), ("float64", .float64)]), default: .float32)
    data = options.required("data", .data(seed: seed))
    model = options.required("model", .layers).map(\.config)
    loss = options.required("loss", .component(of: .losses)).config
    optimizer = options.required("optimizer", .component(of: .optimizers)).config
    schedule =
      options.optional("schedule", .list(.component(of: .schedules)))?
      .map(\.config) ?? []
    clipGradNorm = options.optional("clip_grad_norm", .number(.positive))
    clipGradValue = options.optional("clip_grad_value", .number(.positive))
    metrics =
      options.value("metrics", .list(.metric(with: loss), count: 0...Int.max), default: [])
      .map(\.config)
    epochs = options.value("epochs", .wholeNumber(1..., atMost: OptionBound.epochs), default: 10)
    earlyStopping = options.optional("early_stopping", .earlyStopping)
    checkpoint = options.value(
      "checkpoint", .checkpoint,
      default: CheckpointConfig())
    log = options.value("log", .log, default: LogConfig())
    options.finish()
    layerPositions = LayerPositions(root["model"])
  }
}
