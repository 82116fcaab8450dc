import NNTraining

/// The options of a config one by one: `optimizer.adam.lr`.
struct ConfigOptionList {
  /// Each option with its value as it is written, in the config's order.
  private(set) var options: [(name: String, value: String)] = []

  init(_ config: Config) {
    guard let root = try? ConfigNode(yaml: config.resolvedYAML, source: "config") else { return }
    add(root, "")
  }

  private mutating func add(_ node: ConfigNode, _ name: String) {
    func inside(_ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }
    if let entries = node.entries, !entries.isEmpty {
      for entry in entries { add(entry.value, inside(entry.key)) }
    } else if let items = node.items, items.contains(where: { $0.entries != nil }) {
      for (index, item) in items.enumerated() { add(item, inside("\(index)")) }
    } else {
      options.append((name, node.isNull ? "null" : node.scalar?.text ?? node.summary))
    }
  }
}
