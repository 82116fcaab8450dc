import NNCore

/// A node as drawings of a graph see it.
package struct NodeView {
  /// The op's name: `matMul`.
  package let op: String
  /// Whether it computes each element by itself, or moves elements.
  package let isElementwise: Bool
  /// The nodes that it reads.
  package let inputs: [Int]
  /// The layer that it was filed under.
  package let path: String
  /// The type of its first output.
  package let type: TensorType
}

extension Graph {
  /// All nodes, each behind those that it reads.
  package var nodeViews: [NodeView] {
    nodes.map { node in
      NodeView(
        op: Swift.type(of: node.op).name,
        isElementwise: node.op.asElementwise != nil || node.op.asView != nil || node.op is Concat,
        inputs: node.inputs.map(\.node), path: node.path,
        type: node.outputs.first ?? TensorType([0], .float32))
    }
  }
}

extension Value {
  /// The place of the node that gives this value among the graph's; negative for a poisoned one.
  package var nodeIndex: Int { id.node }
}
