public import NNCore

/// A tensor in a graph: the output of a node, not yet computed.
///
/// Values are built with operators and methods (`x.matMul(w) + b`); nothing runs until a `Function`
/// of the graph is called. A value whose op has invalid inputs is *poisoned*: it and everything
/// computed from it have no type, and the graph holds the diagnostic that `Graph.validate()` throws.
public struct Value {
  /// The graph that contains this value.
  public let graph: Graph
  /// The node and the index of its output.
  package let id: ValueID

  init(graph: Graph, id: ValueID) {
    self.graph = graph
    self.id = id
  }

  /// Shape and element type; an empty float32 for a poisoned value.
  public var type: TensorType { graph.type(of: id) }
  /// The extents of the axes.
  public var shape: Shape { type.shape }
  /// The type of the elements.
  public var dtype: DType { type.dtype }
  /// Whether an error in its computation made this value invalid.
  public var isPoisoned: Bool { id == .poisoned }
}

/// Identifies one output of one node.
package struct ValueID: Hashable, Sendable {
  let node: Int
  let output: Int

  static let poisoned = ValueID(node: -1, output: 0)
}

extension Value: Hashable {
  /// Whether both are the same output of the same node of the same graph.
  public static func == (left: Value, right: Value) -> Bool {
    left.id == right.id && left.graph === right.graph
  }

  /// Hashes the identity of the output.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
