package import NNCore

/// The tree of a config without its search, as written, which the trials of the search change.
///
/// It is not part of a config's value: all are equal.
struct SearchBase: Sendable, Hashable {
  private let root: ConfigNode?
  private let source: String
  private let folder: String
  private let isRecorded: Bool

  /// No tree, as in a config created by a program.
  init() {
    root = nil
    source = "config.yaml"
    folder = ""
    isRecorded = false
  }

  /// The tree of a config that is being read.
  init(_ root: ConfigNode, source: String, context: ReadingContext) {
    self.root = root.withoutSearch
    self.source = source
    folder = context.folder
    isRecorded = context.isRecorded
  }

  static func == (left: SearchBase, right: SearchBase) -> Bool { true }
  func hash(into hasher: inout Hasher) {}

  /// The tree, or that of the resolved config.
  func tree(of config: Config) -> ConfigNode {
    root
      ?? ConfigNode(
        value: .mapping(config.resolvedOptions), at: ConfigPosition(source: source)
      ).withoutSearch
  }

  /// Reads a changed tree.
  func config(_ tree: ConfigNode) throws(NNError) -> Config {
    try Config(
      tree: tree, source: source,
      context: ReadingContext(problems: ConfigProblems(), folder: folder, isRecorded: isRecorded))
  }
}

extension ConfigNode {
  /// A config's tree without the section `search`.
  fileprivate var withoutSearch: ConfigNode {
    guard let entries else { return self }
    return ConfigNode(.mapping(entries.filter { $0.key != "search" }), at: position)
  }
}

extension Config {
  /// The config without its search and with other values at some paths, as the file would be read
  /// with them; defaults that depend on them follow.
  ///
  /// - Parameter values: Paths as for `--set` with their values, applied in order.
  /// - Throws: `NNError` for values that are not allowed, or not together.
  package func changed(_ values: [(path: String, value: ConfigValue)]) throws(NNError) -> Config {
    let base = search?.base ?? SearchBase()
    var tree = base.tree(of: self)
    for (path, value) in values {
      try tree.set(
        ConfigNode(value: value, at: ConfigPosition(source: "--set \(path)")), at: path)
    }
    return try base.config(tree)
  }
}
