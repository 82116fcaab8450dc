/// The options of a config as a flat list: `optimizer.adam.lr`.
package struct ConfigOptionList {
  /// Each option with its value as written, in the config's order.
  package private(set) var options: [(name: String, value: String)] = []

  package init(_ config: Config) {
    guard let root = try? ConfigNode(yaml: config.resolvedYAML, source: "config") else { return }
    add(root, "")
  }

  private mutating func add(_ node: ConfigNode, _ name: String) {
    func inside(_ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }
    if let entries = node.entries, !entries.isEmpty {
      for entry in entries { add(entry.value, inside(entry.key)) }
    } else if let items = node.items, items.contains(where: { $0.entries != nil }) {
      for (index, item) in items.enumerated() { add(item, inside("\(index)")) }
    } else if let items = node.items {
      options.append((name, "[\(items.map(\.summary).joined(separator: ", "))]"))
    } else {
      options.append((name, node.isNull ? "null" : node.scalar?.text ?? node.summary))
    }
  }
}

/// An option whose values differ between two configs.
package struct ConfigDifference: Sendable, Hashable {
  /// The option's path: `optimizer.adam.lr`.
  package let name: String
  /// Its value in the first config; nil if it has no such option.
  package let old: String?
  /// Its value in the second config; nil if it has no such option.
  package let new: String?

  /// The options in which two configs differ, in their order.
  package static func list(from old: Config, to new: Config) -> [ConfigDifference] {
    let (before, after) = (ConfigOptionList(old).options, ConfigOptionList(new).options)
    let values = (
      Dictionary(before.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
      Dictionary(after.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    )
    var names: [String] = []
    var seen: Set<String> = []
    for option in before + after where seen.insert(option.name).inserted {
      names.append(option.name)
    }
    return names.compactMap { name in
      values.0[name] == values.1[name]
        ? nil : ConfigDifference(name: name, old: values.0[name], new: values.1[name])
    }
  }
}

extension ConfigDifference: CustomStringConvertible {
  /// For example `optimizer.adam.lr 0.01 -> 0.02`.
  package var description: String { "\(name) \(old ?? "(none)") -> \(new ?? "(none)")" }
}
