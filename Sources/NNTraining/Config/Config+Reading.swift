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
    if let table = TableKind.of(path: path) {
      throw .invalid(
        "is a table, not a config", at: path,
        hint:
          "nntrain init \(PathText.name(of: path)) --target COLUMN writes a config for it; by hand: "
          + "data: {train: {\(table.rawValue): \(PathText.name(of: path))}}, and model, loss and "
          + "optimizer")
    }
    if let kind = Self.dataKind(of: path) {
      throw .invalid(
        "is \(kind), not a config", at: path,
        hint: "write a config, such as data.yaml, that names it: "
          + "data: {train: {npz: \(PathText.name(of: path))}}, and "
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

  /// Reads the config recorded in the weights file of a run.
  ///
  /// - Throws: `NNError` as for other configs; names allowed in earlier versions are accepted.
  package init(recorded text: String, source: String) throws(NNError) {
    try self.init(
      yaml: text, source: source, overrides: [],
      context: ReadingContext(problems: ConfigProblems(), isRecorded: true))
  }

  /// Reads the config recorded by a run in its folder; relative paths start there.
  ///
  /// - Throws: `NNError` if the file is missing or not a config; names allowed in earlier versions
  ///   are accepted.
  package init(recordedAt path: String, overrides: [String] = []) throws(NNError) {
    try self.init(
      yaml: Self.text(of: path), source: path, overrides: overrides,
      context: ReadingContext(
        problems: ConfigProblems(), folder: PathText.resolved(PathText.folder(of: path)),
        isRecorded: true))
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
    try self.init(tree: root, source: source, context: context)
  }

  /// Reads the tree of a config file.
  ///
  /// - Throws: `NNError` that lists all problems.
  init(tree root: ConfigNode, source: String, context: ReadingContext) throws(NNError) {
    guard root.entries != nil else {
      throw .invalid(
        "expects a mapping with `data`, `model`, `loss` and `optimizer`, gets \(root.summary)",
        at: "\(root.position)",
        hint: "a config names its data as data: {train: {csv: FILE, target: COLUMN}}")
    }
    let problems = context.problems
    let config = Config(root, source: source, context: context)
    if problems.isEmpty { config.checkSections(against: root, problems: problems) }
    if problems.isEmpty { config.checkSearch(root, problems) }
    try problems.throwIfAny(in: source)
    self = config
  }

  /// The kind of a data file, by the end of its name; nil for other files.
  private static func dataKind(of path: String) -> String? {
    [".npz", ".npy"].contains { path.lowercased().hasSuffix($0) } ? "a file of arrays" : nil
  }

  private init(_ root: ConfigNode, source: String, context: ReadingContext) {
    let options = OptionReader(
      owner: "the config", at: root.position, node: root, context: context)
    self.init(options, defaultName: FileName.cleaned(PathText.stem(of: source)))
    options.finish()
    layerPositions = LayerPositions(root["model"])
    patternPositions = PatternPositions(root)
    augmentationPositions = AugmentationPositions(root)
    search?.base = SearchBase(root, source: source, context: context)
  }

  private init(_ options: OptionReader, defaultName: String) {
    self.init(
      name: defaultName, data: DataConfig(train: ComponentConfig(kind: "")), model: [],
      loss: ComponentConfig(kind: ""), optimizer: ComponentConfig(kind: ""))
    for field in Self.fields { field.read(&self, options) }
  }

  /// The top-level keys, for the documentation.
  static var options: [OptionDescription] {
    OptionReader.describe { _ = Config($0, defaultName: "") }
  }
}

/// Writing.
extension Config {
  /// The config with every default filled in, as YAML: printed by `check` and saved in run folders.
  ///
  /// It reads back to an equal config; its keys have a fixed order.
  public var resolvedYAML: String { YAMLWriter.text(resolvedOptions) }

  /// The config with every default filled in, as named values in the order of ``resolvedYAML``.
  package var resolvedOptions: [ConfigOption] { Self.fields.compactMap { $0.write(self) } }
}
