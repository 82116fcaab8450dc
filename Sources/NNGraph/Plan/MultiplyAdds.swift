import NNCore

extension Graph {
  /// Multiply–accumulates of the nodes with a path: m·n·k for each matrix product, and likewise for
  /// convolutions.
  package func multiplyAdds(path: String) -> Int { multiplyAdds { $0.path == path } }

  fileprivate func multiplyAdds(of isCounted: (Node) -> Bool) -> Int {
    nodes.indices.reduce(0) { total, index in
      let node = nodes[index]
      guard let op = kernelOp(of: index), isCounted(node) else { return total }
      return total.addingSaturating(
        op.multiplyAdds(inputs: node.inputs.map { type(of: $0) }, outputs: node.outputs))
    }
  }
}

extension Plan {
  /// Multiply–accumulates of one run.
  package var multiplyAdds: Int { graph.multiplyAdds { _ in true } }
}
