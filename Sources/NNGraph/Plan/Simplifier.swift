import NNCore

/// Rebuilds the live part of a graph: eliminates dead nodes and applies rewriting rules. Common
/// subexpressions are merged because the new graph shares equal nodes.
struct Simplifier {
  let graph = Graph()
  private(set) var mapping: [ValueID: Value] = [:]

  /// - Parameters:
  ///   - changing: The variables that the plan updates.
  ///   - rewrites: Whether to apply rewriting rules; else every live node is kept.
  init(_ source: Graph, roots: [ValueID], changing: Set<String> = [], rewrites: Bool) {
    let invariant = rewrites ? source.invariantNodes(changing: changing) : []
    var live = Set<Int>()
    var pending = roots.map(\.node)
    while let node = pending.popLast() {
      if live.insert(node).inserted { pending += source.nodes[node].inputs.map(\.node) }
    }
    for index in live.sorted() {
      let node = source.nodes[index]
      let inputs = node.inputs.compactMap { mapping[$0] }
      graph.path = node.path
      var values: [Value]?
      if rewrites, let op = source.kernelOp(of: index) {
        values = Rewrite.apply(
          to: RewriteSite(
            op: op, inputs: inputs, outputs: node.outputs,
            isInvariant: node.inputs.map { invariant.contains($0.node) }, graph: graph))
      }
      let outputs =
        values ?? graph.addNode(node.op, inputs, implementation: node.implementation)
      for output in node.outputs.indices {
        mapping[ValueID(node: index, output: output)] = outputs[output]
      }
    }
  }
}
