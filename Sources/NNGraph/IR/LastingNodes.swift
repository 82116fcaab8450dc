extension Graph {
  /// The nodes that depend on nothing but constants and variables other than `changing`: what they
  /// give lasts from run to run, until somebody writes the variables.
  func lastingNodes(changing: Set<String>) -> Set<Int> {
    var lasting = lastingLeaves(changing: changing)
    for (index, node) in nodes.enumerated()
    where !node.inputs.isEmpty && node.inputs.allSatisfy({ lasting.contains($0.node) }) {
      lasting.insert(index)
    }
    return lasting
  }

  /// The constants and the variables other than `changing`.
  func lastingLeaves(changing: Set<String>) -> Set<Int> {
    Set(
      nodes.indices.filter { index in
        switch nodes[index].op {
        case is Constant: true
        case let variable as Variable: !changing.contains(variable.label)
        default: false
        }
      })
  }
}
