import NNCore

extension Graph {
  /// Products that the nodes filed under a path sum: m·n·k of each matrix product, and the same for
  /// convolutions.
  public func multiplyAdds(path: String) -> Int {
    nodes.reduce(0) { total, node in
      guard node.path == path else { return total }
      let inputs = node.inputs.map { type(of: $0) }
      return total.addingSaturating(
        node.op.multiplyAdds(inputs: inputs, outputs: node.outputs))
    }
  }
}

extension Plan {
  /// The same over everything that a run computes.
  public var multiplyAdds: Int {
    graph.nodes.reduce(0) { total, node in
      let inputs = node.inputs.map { graph.type(of: $0) }
      return total.addingSaturating(
        node.op.multiplyAdds(inputs: inputs, outputs: node.outputs))
    }
  }
}
