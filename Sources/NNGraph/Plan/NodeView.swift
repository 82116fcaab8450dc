import NNCore

/// A node, for drawings of a graph.
package struct NodeView {
  /// The op's name: `matMul`.
  package let op: String
  /// Whether the op is element-wise or only moves elements.
  package let isElementwise: Bool
  /// The indices of the nodes that it reads.
  package let inputs: [Int]
  /// The path of its layer.
  package let path: String
  /// The type of its first output.
  package let type: TensorType
}

extension Graph {
  /// All nodes, each after those that it reads.
  package var nodeViews: [NodeView] {
    nodes.indices.map { index in
      let node = nodes[index]
      let op = kernelOp(of: index)
      return NodeView(
        op: Swift.type(of: node.op).name,
        isElementwise: op?.elementwiseOpcode != nil || op?.asView != nil || op is Concat,
        inputs: node.inputs.map(\.node), path: node.path,
        type: node.outputs.first ?? TensorType([0], .float32))
    }
  }
}

extension Value {
  /// The index of the node that computes this value; negative for a poisoned value.
  package var nodeIndex: Int { id.node }
}
