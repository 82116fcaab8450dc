extension Graph {
  /// Checks what every pass relies on: nodes read only earlier nodes, and hold the types that their
  /// shape rules infer. A violation is a bug in the engine, never in a model.
  func verify() {
    for (index, node) in nodes.enumerated() {
      for input in node.inputs {
        precondition(
          input.node < index && input.output < nodes[input.node].outputs.count,
          "node \(index) (\(Swift.type(of: node.op).name)) reads node \(input.node)")
      }
      let inferred = try? node.op.inferTypes(node.inputs.map { type(of: $0) })
      precondition(
        inferred == node.outputs,
        "node \(index) (\(Swift.type(of: node.op).name)) holds types \(node.outputs)")
    }
  }
}
