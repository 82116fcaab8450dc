import NNCore
import NNOptimizers

/// A group of parameters with options, or an optimizer, of its own.
public struct ParameterGroupConfig: Sendable, Hashable {
  /// The patterns over parameter names, as in a shell.
  public var parameters: [String]
  /// The group's own optimizer; nil (default) for the main one.
  public var optimizer: ComponentConfig?
  /// Options that replace those of the main optimizer; empty by default.
  public var options: [ConfigOption]

  /// Creates a group.
  public init(
    parameters: [String], optimizer: ComponentConfig? = nil, options: [ConfigOption] = []
  ) {
    self.parameters = parameters
    self.optimizer = optimizer
    self.options = options
  }

  /// The group's optimizer with all its options.
  ///
  /// - Parameter main: The optimizer of the parameters that belong to no group.
  func resolved(from main: ComponentConfig) -> ComponentConfig {
    if let optimizer { return optimizer }
    let own = Dictionary(options.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    return ComponentConfig(
      kind: main.kind,
      options: main.options.map { ConfigOption($0.name, own[$0.name] ?? $0.value) })
  }

  /// The group as written in the resolved config.
  var value: ConfigValue {
    let names = ConfigOption("parameters", .list(parameters.map(ConfigValue.string)))
    let own = optimizer.map { [ConfigOption($0.kind, .mapping($0.options))] }
    return .mapping([names] + (own ?? options))
  }
}

/// The section `optimizer`: the main optimizer, and groups of parameters.
struct OptimizerSection {
  var main: ComponentConfig
  var groups: [ParameterGroupConfig] = []

  /// The section as written in the resolved config.
  var value: ConfigValue {
    guard !groups.isEmpty else { return main.value }
    return .mapping([
      ConfigOption(main.kind, .mapping(main.options)),
      ConfigOption("groups", .list(groups.map(\.value))),
    ])
  }
}

extension OptionKind where Value == String {
  /// A pattern over parameter names.
  static var parameterPattern: Self { text("a pattern over parameter names, such as \"*.bias\"") }
}

extension Registry where Product == any Optimizer {
  /// The keys that an optimizer may have next to its kind.
  static let entryOptions = OptionReader.describe { options in
    _ = options.optional(
      "groups", .parameterGroups,
      "groups of parameters, each with options in place of the optimizer's, or with an optimizer of "
        + "its own: `{parameters: \"*.bias\", weight_decay: 0}`")
  }
}

extension OptionKind where Value == [ParameterGroupConfig] {
  /// A list of groups, for the documentation; the section `optimizer` reads them.
  fileprivate static var parameterGroups: Self {
    let group = OptionReader.describe { options in
      _ = options.required(
        "parameters", .list(.parameterPattern),
        OptionKind<OptimizerSection>.parametersMeaning)
    }
    return Self(
      expectation: "a list of groups", schema: .list(of: .openOptions(group), count: 1...Int.max),
      placeholder: [], parse: { _, _ in nil }, encode: { .list($0.map(\.value)) })
  }
}

extension OptionKind where Value == OptimizerSection {
  /// An optimizer, and next to its name the groups of parameters.
  static var optimizer: Self {
    let registry = Registry.optimizers
    return Self(
      expectation: registry.expectation, schema: .component(registry.definition),
      placeholder: OptimizerSection(main: ComponentConfig(kind: "")),
      parse: { node, place in
        let context = place.context
        let before = context.problems.count
        guard let main = registry.component(from: node, ignoring: ["groups"], context: context)
        else { return nil }
        var section = OptimizerSection(main: main.config)
        // Groups take the main optimizer's options, so those must be valid first.
        guard let list = node["groups"], !list.isNull, context.problems.count == before else {
          return section
        }
        section.groups = (list.items ?? [list]).compactMap { group($0, main.config, context) }
        return section
      }, encode: \.value)
  }

  fileprivate static let parametersMeaning =
    "patterns of the names of the group's parameters, such as `*.bias`; `*` matches dots, too"

  private static func group(
    _ node: ConfigNode, _ main: ComponentConfig, _ context: ReadingContext
  ) -> ParameterGroupConfig? {
    guard let entries = node.entries else {
      context.problems.report(
        "expects a parameter group, such as `{parameters: \"*.bias\", weight_decay: 0}`, gets "
          + node.summary, at: node.position)
      return nil
    }
    let names = OptionReader(
      owner: "a parameter group", at: node.position,
      node: ConfigNode(.mapping(entries.filter { $0.key == "parameters" }), at: node.position),
      context: context)
    var group = ParameterGroupConfig(
      parameters: names.required(
        "parameters", .list(.parameterPattern), Self.parametersMeaning))
    let others = entries.filter { $0.key != "parameters" }
    let registry = Registry.optimizers
    if others.contains(where: { registry.names.contains($0.key) }) {
      group.optimizer =
        registry.component(
          from: node, ignoring: ["parameters"], context: context)?.config
      return group
    }
    let replaced = Set(others.map(\.key))
    let inherited = ConfigNode(value: .mapping(main.options), at: node.position).entries ?? []
    let all = inherited.filter { !replaced.contains($0.key) } + others
    let component = registry.component(
      from: ConfigNode(
        .mapping([
          .init(
            key: main.kind, keyPosition: node.position,
            value: ConfigNode(.mapping(all), at: node.position))
        ]), at: node.position), context: context)
    group.options = component?.config.options.filter { replaced.contains($0.name) } ?? []
    return group
  }
}

/// The positions of patterns in the file, so that errors found later can name them.
///
/// They are not part of a config's value: all are equal.
struct PatternPositions: Sendable, Hashable {
  private var freeze: [ConfigPosition] = []
  private var groups: [[ConfigPosition]] = []

  /// No positions, as in a config created by a program.
  init() {}

  /// The positions of the patterns of a config.
  init(_ root: ConfigNode) {
    func positions(_ node: ConfigNode?) -> [ConfigPosition] {
      (node?.items ?? node.map { [$0] } ?? []).map(\.position)
    }
    freeze = positions(root["freeze"])
    let list = root["optimizer"]?["groups"]
    groups = (list?.items ?? list.map { [$0] } ?? []).map { positions($0["parameters"]) }
  }

  static func == (left: PatternPositions, right: PatternPositions) -> Bool { true }
  func hash(into hasher: inout Hasher) {}

  /// The position of a pattern of `freeze`.
  func freeze(_ index: Int) -> String? {
    freeze.indices.contains(index) ? "\(freeze[index])" : nil
  }

  /// The position of a pattern of a group.
  func group(_ group: Int, _ index: Int) -> String? {
    groups.indices.contains(group) && groups[group].indices.contains(index)
      ? "\(groups[group][index])" : nil
  }
}
