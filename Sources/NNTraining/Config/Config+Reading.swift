public import NNCore
import NNData
import NNFormats

extension Config {
  /// Reads a config file and fills in every default.
  ///
  /// Relative paths in it, and in the overrides, start from the file's folder and become absolute.
  ///
  /// - Parameters:
  ///   - path: The YAML (or JSON) file.
  ///   - overrides: Changes as `key.path=value`, applied in order.
  /// - Throws: `NNError` if the file cannot be read or is not YAML; otherwise one that lists all
  ///   problems, each with its line and column.
  public init(contentsOf path: String, overrides: [String] = []) throws(NNError) {
    if let kind = Self.dataKind(of: path) {
      throw .invalid(
        "is \(kind), not a config", at: path,
        hint: "write a config, such as data.yaml, that names it: "
          + "data: {train: {\(kind == "a table" ? "csv" : "npz"): \(PathText.name(of: path))}}, and "
          + "model, loss and optimizer; docs/own-data.md shows one")
    }
    try self.init(
      yaml: Self.text(of: path), source: path, folder: PathText.resolved(PathText.folder(of: path)),
      overrides: overrides)
  }

  /// Reads a config from a text and fills in every default.
  ///
  /// - Parameters:
  ///   - text: YAML or JSON.
  ///   - source: The name used in positions instead of a file; its stem is the default name.
  ///   - folder: The folder that relative paths start from; empty leaves them unchanged.
  ///   - overrides: Changes as `key.path=value`, applied in order.
  /// - Throws: `NNError` if the text is not YAML; otherwise one that lists all problems.
  public init(
    yaml text: String, source: String = "config.yaml", folder: String = "",
    overrides: [String] = []
  ) throws(NNError) {
    let problems = ConfigProblems()
    try self.init(
      yaml: text, source: source, overrides: overrides,
      context: ReadingContext(problems: problems, folder: folder))
  }

  /// Reads the config recorded by a run, in its folder or in its weights file.
  ///
  /// - Throws: `NNError` as for other configs; names allowed in earlier versions are accepted.
  package init(recorded text: String, source: String) throws(NNError) {
    try self.init(
      yaml: text, source: source, overrides: [],
      context: ReadingContext(problems: ConfigProblems(), isRecorded: true))
  }

  /// Reads the `config.yaml` of a run folder.
  ///
  /// - Throws: `NNError` if it is missing or not a config.
  package init(recordedIn folder: RunFolder, overrides: [String] = []) throws(NNError) {
    try self.init(
      yaml: Self.text(of: folder.config), source: folder.config, overrides: overrides,
      context: ReadingContext(
        problems: ConfigProblems(), folder: PathText.resolved(folder.path), isRecorded: true))
  }

  private static func text(of path: String) throws(NNError) -> String {
    guard let text = String(validating: try FileBytes.read(path), as: UTF8.self) else {
      throw .invalid("not a text in UTF-8", at: path)
    }
    return text
  }

  private init(
    yaml text: String, source: String, overrides: [String], context: ReadingContext
  ) throws(NNError) {
    // A byte order mark is not part of the text.
    let scalars = text.unicodeScalars
    let document = scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text
    var root = try ConfigNode(yaml: document, source: source)
    for override in overrides { try root.apply(override: override) }
    guard root.entries != nil else {
      throw .invalid(
        "expects a mapping with `data`, `model`, `loss` and `optimizer`, gets \(root.summary)",
        at: "\(root.position)",
        hint: "a config names its data as data: {train: {csv: FILE, target: COLUMN}}")
    }
    let problems = context.problems
    let config = Config(root, source: source, context: context)
    if problems.isEmpty { config.checkSections(against: root, problems: problems) }
    try problems.throwIfAny(in: source)
    self = config
  }

  /// The kind of a data file, by the end of its name; nil for other files.
  private static func dataKind(of path: String) -> String? {
    if CSVFormat.isTable(path) { return "a table" }
    return [".npz", ".npy"].contains { path.lowercased().hasSuffix($0) } ? "a file of arrays" : nil
  }

  private init(_ root: ConfigNode, source: String, context: ReadingContext) {
    let options = OptionReader(
      owner: "the config", at: root.position, node: root, context: context)
    self.init(options, defaultName: FileName.cleaned(PathText.stem(of: source)))
    options.finish()
    layerPositions = LayerPositions(root["model"])
    patternPositions = PatternPositions(root)
  }

  /// The top-level keys.
  static var options: [OptionDescription] {
    OptionReader.describe { _ = Config($0, defaultName: "") }
  }

  private init(_ options: OptionReader, defaultName: String) {
    name = options.value(
      "name", options.context.isRecorded ? .text() : .fileName, default: defaultName,
      shownAs: "the file's name without extension",
      "the name of the run, with which its folder's name begins")
    seed = options.value(
      "seed", .seed, default: 42,
      "the seed of all random numbers: initial weights, order of examples, dropout, splits, "
        + "generated data")
    dtype = options.value(
      "dtype", .choice([("float32", .float32), ("float64", .float64)]), default: .float32,
      "the type of parameters and computations")
    data = options.required("data", .data(seed: seed), "the data sources and how they are batched")
    model = options.required(
      "model", .network,
      "the network: its layers in order, or for other networks the options of `graph`"
    ).map(\.config)
    losses = options.required(
      "loss", .losses,
      "the function of output and target that is minimized, or a list whose weighted sum is"
    )
    let updates = options.required(
      "optimizer", .optimizer,
      "the rule that updates parameters from their gradients; `groups` beside it change it for some"
    )
    (optimizer, optimizerGroups) = (updates.main, updates.groups)
    freeze =
      options.given(
        "freeze", .list(.parameterPattern, count: 0...Int.max),
        "patterns of the names of parameters that are not trained, such as `trunk.*`") ?? []
    accumulate =
      options.given(
        "accumulate", .integer(1...),
        "the number of batches of an update, which follows the gradient of their mean loss; "
          + "by default 1") ?? 1
    schedule =
      options.optional(
        "schedule", .list(.component(of: .schedules)),
        "the learning-rate schedule, or a list of schedules that are chained; null: a constant rate"
      )?
      .map(\.config) ?? []
    clipGradNorm = options.optional(
      "clip_grad_norm", .number(.positive),
      "the maximum L2 norm of all gradients together; larger gradients are scaled down "
        + "(`clip_grad_norm_`)")
    clipGradValue = options.optional(
      "clip_grad_value", .number(.positive),
      "the maximum absolute value of each gradient element, applied after `clip_grad_norm`")
    l1Penalty =
      options.optional(
        "l1_penalty", .number(.nonNegative),
        "the factor λ of the penalty λ · Σ|θ| over all parameters, whose gradient is added after "
          + "clipping; reported losses exclude it") ?? 0
    metrics =
      options.value(
        "metrics", .list(.metric(with: losses, of: model), count: 0...Int.max), default: [],
        "the metrics, measured on training, validation and test data"
      )
      .map(\.config)
    epochs = options.value(
      "epochs", .integer(1..., atMost: OptionBound.epochs), default: 10,
      "the number of passes over the training data")
    earlyStopping = options.optional(
      "early_stopping", .earlyStopping,
      "when to stop before the last epoch; null: never")
    checkpoint = options.value(
      "checkpoint", .checkpoint, default: CheckpointConfig(), "when the state of a run is saved")
    log = options.value(
      "log", .log, default: LogConfig(),
      "how often rows of steps.csv are written, and which other files")
  }
}
