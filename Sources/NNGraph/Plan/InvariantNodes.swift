extension Graph {
  /// The nodes that depend only on constants and on variables other than `changing`: their outputs
  /// are constant across runs until the variables are written.
  func invariantNodes(changing: Set<String>) -> Set<Int> {
    var invariant = invariantLeaves(changing: changing)
    for (index, node) in nodes.enumerated()
    where !node.inputs.isEmpty && node.inputs.allSatisfy({ invariant.contains($0.node) }) {
      invariant.insert(index)
    }
    return invariant
  }

  /// The constants and the variables other than `changing`.
  func invariantLeaves(changing: Set<String>) -> Set<Int> {
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
